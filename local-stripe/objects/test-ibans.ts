import type { TestInstrument } from "./test-instrument";

/** Inferred: which of the codes of a refused debit it is. */
const refused: Pick<TestInstrument, "attaches" | "decline"> = {
  attaches: true,
  decline: {
    code: "generic_could_not_process",
    message: "The customer's bank could not process this payment.",
  },
};

/**
 * Accounts for SEPA debits (https://docs.stripe.com/payments/sepa-debit/accept-a-payment); the Italian one that gives
 * nothing is the CLI's (its trigger of `checkout.session.async_payment_failed`). Stripe's test mode answers at once or
 * after three minutes, Local Stripe after the days that a bank takes.
 */
const IBANS: readonly TestInstrument[] = [
  { number: "AT611904300234573201" },
  { number: "AT321904300235473204" },
  { number: "DE89370400440532013000" },
  { number: "FR1420041010050500013M02606" },
  { number: "AT861904300235473202", ...refused },
  { number: "AT051904300235473205", ...refused },
  { number: "IT60X0542811101000000123456", ...refused },
];

export const accountByIban = (typed: string): TestInstrument | undefined => {
  const iban = typed.replace(/\s/g, "").toUpperCase();
  return IBANS.find(({ number }) => number === iban);
};
