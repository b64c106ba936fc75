import { createPaymentMethod } from "../billing/payments/payment-methods";
import { now } from "../kit/clock";
import { type Expiry, noBillingDetails, type PaymentMethod } from "../objects/payment-method";
import { cardByNumber, passesLuhn } from "../objects/test-cards";
import type { TestCard } from "../objects/test-instrument";

export type Values = Readonly<Record<string, string>>;
export type Mistakes = Readonly<Record<string, string>>;

export interface Card {
  readonly card: TestCard;
  readonly expiry: Expiry;
}

/** Reads what was typed; `mistakes` speaks, field by field, as Stripe's page does. Nothing was sent to a bank. */
export function readCard(values: Values): { card?: Card; mistakes: Mistakes } {
  const mistakes: Record<string, string> = {};
  const number = (values.number ?? "").replace(/[\s-]/g, "");
  const card = cardByNumber(number);
  if (number.length < 12) mistakes.number = "Your card number is incomplete.";
  else if (!passesLuhn(number)) mistakes.number = "Your card number is invalid.";
  else if (!card) mistakes.number = "Your card was declined. Only the test cards below work here.";

  const expiry = readExpiry(values.expiry ?? "");
  if (!expiry) mistakes.expiry = "Your card's expiration date is incomplete.";
  else if (isPast(expiry)) mistakes.expiry = "Your card's expiration year is in the past.";

  const digits = card?.brand === "amex" ? 4 : 3;
  if (!new RegExp(`^\\d{${digits},4}$`).test((values.cvc ?? "").trim())) {
    mistakes.cvc = "Your card's security code is incomplete.";
  }
  if (!values.name?.trim()) mistakes.name = "Enter the name on your card.";
  if (values.country === "US" && !/^\d{5}(-\d{4})?$/.test((values.zip ?? "").trim())) {
    mistakes.zip = "Your ZIP code is incomplete.";
  }
  const good = Object.keys(mistakes).length === 0 && card && expiry;
  return good ? { card: { card, expiry }, mistakes } : { mistakes };
}

/** The payment method that a correct form stands for. */
export function keepCard({ card, expiry }: Card, values: Values, email: string | null): PaymentMethod {
  const address = {
    city: values.city?.trim() || null,
    country: values.country ?? null,
    line1: values.line1?.trim() || null,
    line2: values.line2?.trim() || null,
    postal_code: values.zip || null,
    state: values.state?.trim() || null,
  };
  const billing_details = { ...noBillingDetails, address, email, name: values.name ?? null };
  return createPaymentMethod(card, expiry, { billing_details });
}

function readExpiry(typed: string): Expiry | undefined {
  const match = /^\s*(\d{1,2})\s*[/ -]?\s*(\d{2}|\d{4})\s*$/.exec(typed);
  if (!match) return undefined;
  const exp_month = Number(match[1]);
  const exp_year = Number(match[2]) % 100;
  return exp_month >= 1 && exp_month <= 12 ? { exp_month, exp_year: 2000 + exp_year } : undefined;
}

/** A card is good until the end of its month. */
function isPast({ exp_month, exp_year }: Expiry): boolean {
  return Date.UTC(exp_year, exp_month, 1) <= now() * 1000;
}
