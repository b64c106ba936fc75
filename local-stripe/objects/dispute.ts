import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import type { Charge } from "./charge";

export type Dispute = Wire<Stripe.Dispute>;

export const disputes = new Table<Dispute, "charge" | "payment_intent">("dispute", "du_", {
  charge: (dispute) => dispute.charge,
  payment_intent: (dispute) => dispute.payment_intent,
});

const noEvidence: Dispute["evidence"] = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};

const DAY_SECONDS = 24 * 3600;

/** The last second of the day eight days on: recorded once. */
const dueBy = (created: number): number => (Math.floor(created / DAY_SECONDS) + 9) * DAY_SECONDS - 1;

/** Visa's code of each reason; recorded for the first two, the others after Visa's own list. */
const NETWORK_REASONS: Readonly<Record<string, string>> = {
  fraudulent: "10.4",
  product_not_received: "13.1",
  credit_not_processed: "13.6",
  duplicate: "12.6",
  product_unacceptable: "13.3",
  subscription_canceled: "13.2",
};

/** An inquiry only asks; the money stays until it becomes a dispute (https://docs.stripe.com/disputes). */
export function buildDispute(charge: Charge, reason: string, inquiry: boolean): Dispute {
  const created = now();
  const card = charge.payment_method_details?.card;
  return {
    id: newId("du_1"),
    object: "dispute",
    amount: charge.amount_captured,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...noEvidence,
      customer_email_address: charge.billing_details.email,
      customer_name: charge.billing_details.name,
    },
    evidence_details: {
      due_by: dueBy(created),
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "not_submitted",
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: {
        brand: card?.brand ?? "visa",
        case_type: inquiry ? "inquiry" : "chargeback",
        network: card?.network ?? "visa",
        // Recorded: an inquiry has the bare number.
        network_reason_code: inquiry ? "10" : (NETWORK_REASONS[reason] ?? "10.4"),
      },
      type: "card",
    },
    reason,
    status: inquiry ? "warning_needs_response" : "needs_response",
  };
}
