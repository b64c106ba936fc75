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
    destination_details: {
      card: {
        reference_status: "pending",
        reference_type: "acquirer_reference_number",
        type: "refund",
      },
      type: "card",
    },
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    receipt_number: null,
    source_transfer_reversal: null,
    status: "succeeded",
    transfer_reversal: null,
    ...given,
  };
}
