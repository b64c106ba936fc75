import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import type { Charge } from "./charge";

export type Refund = Wire<Stripe.Refund>;

export const refunds = new Table<Refund, "charge" | "payment_intent">("refund", "re_", {
  charge: (refund) => refund.charge,
  payment_intent: (refund) => refund.payment_intent,
});

/** The money goes back to the card or account that it came from. The bank's reference follows. */
export function destinationOf(charge: Charge, reference: string | null): Refund["destination_details"] {
  const reference_status = reference ? "available" : "pending";
  if (charge.payment_method_details?.us_bank_account) {
    return { type: "us_bank_transfer", us_bank_transfer: { reference, reference_status } };
  }
  if (charge.payment_method_details?.sepa_debit) {
    return { type: "eu_bank_transfer", eu_bank_transfer: { reference, reference_status } };
  }
  const card = { reference_status, reference_type: "acquirer_reference_number", type: "refund" } as const;
  return { type: "card", card: reference ? { ...card, reference } : card };
}

type Given = Pick<Refund, "amount" | "reason" | "metadata">;

export function buildRefund(charge: Charge, given: Given): Refund {
  return {
    id: newId("re_3"),
    object: "refund",
    balance_transaction: null,
    charge: charge.id,
    created: now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: destinationOf(charge, null),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    receipt_number: null,
    source_transfer_reversal: null,
    status: "succeeded",
    transfer_reversal: null,
    ...given,
  };
}
