import { buildCharge, type Charge, charges } from "../../objects/charge";
import type { Decline } from "../../objects/declines";
import type { PaymentIntent } from "../../objects/payment-intent";
import type { PaymentMethod } from "../../objects/payment-method";
import { checkAtBank } from "./bank";
import { keepsMethod, markUsed } from "./payment-methods";

/** The charge that an attempt to pay leaves, whatever came of it. */
export function chargeFor(intent: PaymentIntent, method: PaymentMethod, decline?: Decline): Charge {
  const { amount, currency, customer, description, metadata, receipt_email, shipping } = intent;
  const { statement_descriptor, statement_descriptor_suffix, transfer_group } = intent;
  const given = {
    amount,
    currency,
    customer,
    description,
    metadata,
    payment_intent: intent.id,
    receipt_email,
    shipping,
    statement_descriptor,
    statement_descriptor_suffix,
    transfer_group,
  };
  const charge = buildCharge(given, checkAtBank(method), decline);
  markUsed(method, keepsMethod(intent, method));
  // A debit's charge exists since it was sent; now it is decided.
  const pending = intent.status === "processing" ? charges.get(intent.latest_charge ?? "") : undefined;
  return pending ? { ...charge, id: pending.id, created: pending.created } : charge;
}
