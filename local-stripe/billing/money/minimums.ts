/**
 * The least that a payment may come to, by currency
 * (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
 */
const MINIMUMS: Readonly<Record<string, number>> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

/** Stripe converts the minimum of every other currency at the day's rate; there is none here. */
export const minimumOf = (currency: string): number => MINIMUMS[currency] ?? 1;

/** True for something that is due, but that nobody can be charged. */
export const isTooSmall = (amount: number, currency: string): boolean =>
  amount > 0 && amount < minimumOf(currency);
