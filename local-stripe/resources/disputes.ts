import { acceptDispute, answerDispute } from "../billing/payments/disputes";
import { call, list, type Resource } from "../kit/api";
import type { Immediate } from "../kit/immediate";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import { choice, emptyable, flag, group, mergeMetadata, metadata, optional, text } from "../kit/params";
import { charges } from "../objects/charge";
import { type Dispute, disputes } from "../objects/dispute";
import { paymentIntents } from "../objects/payment-intent";
import { inTimeOf } from "../objects/test-clock";

const evidence = group(
  optional({
    access_activity_log: emptyable(text),
    billing_address: emptyable(text),
    cancellation_policy: emptyable(text),
    cancellation_policy_disclosure: emptyable(text),
    cancellation_rebuttal: emptyable(text),
    customer_communication: emptyable(text),
    customer_email_address: emptyable(text),
    customer_name: emptyable(text),
    customer_purchase_ip: emptyable(text),
    customer_signature: emptyable(text),
    duplicate_charge_documentation: emptyable(text),
    duplicate_charge_explanation: emptyable(text),
    duplicate_charge_id: emptyable(text),
    product_description: emptyable(text),
    receipt: emptyable(text),
    refund_policy: emptyable(text),
    refund_policy_disclosure: emptyable(text),
    refund_refusal_explanation: emptyable(text),
    service_date: emptyable(text),
    service_documentation: emptyable(text),
    shipping_address: emptyable(text),
    shipping_carrier: emptyable(text),
    shipping_date: emptyable(text),
    shipping_documentation: emptyable(text),
    shipping_tracking_number: emptyable(text),
    uncategorized_file: emptyable(text),
    uncategorized_text: emptyable(text),
  }),
);

const inTimeOfCharge = <T>({ charge }: Dispute, work: () => Immediate<T>): Immediate<T> =>
  inTimeOf(charges.get(charge)?.customer ?? null, work);

export const disputeResource: Resource = {
  routes: {
    "GET /v1/disputes": list(
      { ...createdParam, ...optional({ charge: idOf(charges), payment_intent: idOf(paymentIntents) }) },
      ({ charge, payment_intent }) => disputes.where({ charge, payment_intent }),
    ),

    "GET /v1/disputes/:id": call({}, (_, { id }) => find(disputes, id)),

    "POST /v1/disputes/:id": call(
      optional({
        evidence,
        intended_submission_method: choice(
          "manual",
          "prefer_manual",
          "prefer_smart_disputes",
          "smart_disputes",
        ),
        metadata,
        submit: flag,
      }),
      ({ submit, intended_submission_method, ...given }, { id }) => {
        const dispute = find(disputes, id);
        // Recorded: evidence is submitted unless it is only to be kept.
        const submits = submit ?? given.evidence !== undefined;
        const metadata = mergeMetadata(dispute.metadata, given.metadata);
        const answer = {
          metadata,
          ...(intended_submission_method ? { intended_submission_method } : {}),
          ...(given.evidence ? { evidence: { ...dispute.evidence, ...given.evidence } } : {}),
        };
        return inTimeOfCharge(dispute, () => answerDispute(dispute, answer, submits));
      },
    ),

    "POST /v1/disputes/:id/close": call({}, (_, { id }) => {
      const dispute = find(disputes, id);
      return inTimeOfCharge(dispute, () => acceptDispute(dispute));
    }),
  },
};
