import type Stripe from "stripe";
import { disputes } from "@/db/schema";
import type { LedgerEntry } from "../ledger";
import { idOf, stripe } from "../stripe";
import { NOTHING_ELSE, type ObjectDefinition, ONE_ROW_EACH, ownId } from "./definition";
import { toTime, toTimeOrNull } from "./time";

/** A payment that its payer's bank questions. It names the charge, and only the charge names the customer. */
export const dispute = {
  events: {
    "charge.dispute.created": "a payment is questioned",
    "charge.dispute.updated": "the dispute's evidence or status changed",
    "charge.dispute.closed": "the dispute was won or lost",
    "charge.dispute.funds_withdrawn": "the disputed money was taken",
    "charge.dispute.funds_reinstated": "the disputed money came back",
  },
  notedEvents: {},
  idFrom: { dispute: ownId },
  isCarriedWhole: ({ charge }) => typeof charge !== "string",
  retrieve: (id, options) => stripe.disputes.retrieve(id, { expand: ["charge"] }, options),
  list: (pages, after) =>
    pages((params, options) => stripe.disputes.list({ ...params, expand: ["data.charge"] }, options), after),
  ledgerEntries: (source, event) => [toDisputeEntry(source, event)],
  ownLedgerKind: "dispute",
  effects: (source) => ({
    ...NOTHING_ELSE,
    stripeCustomerId: customerOf(source),
    note: `Dispute ${source.id} is ${source.status}.`,
    row: toDisputeRow(source),
  }),
  effectsWhenGone: (id) => ({
    ...NOTHING_ELSE,
    stripeCustomerId: null,
    note: `Stripe knows no dispute ${id}.`,
  }),
  mirror: { table: disputes, rankOf: () => 0, whenGone: {}, keepsTombstone: false },
  comparisons: [
    {
      ...ONE_ROW_EACH,
      table: disputes,
      objectId: disputes.stripeId,
      rowId: disputes.stripeId,
      rowsOf: (source) => [{ id: source.id, fields: toDisputeRow(source) }],
    },
  ],
  listOtherIds: async () => [],
  customerTable: null,
} satisfies ObjectDefinition<Stripe.Dispute>;

const customerOf = ({ charge }: Stripe.Dispute) =>
  typeof charge === "string" ? null : idOf(charge.customer);

/** The API may add statuses; they are stored as they are. */
const toDisputeRow = (dispute: Stripe.Dispute) =>
  ({
    stripeId: dispute.id,
    stripeChargeId: idOf(dispute.charge),
    stripePaymentIntentId: idOf(dispute.payment_intent),
    status: dispute.status,
    reason: dispute.reason,
    amount: dispute.amount,
    currency: dispute.currency,
    evidenceDueAt: toTimeOrNull(dispute.evidence_details.due_by),
    stripeCreatedAt: toTime(dispute.created),
    livemode: dispute.livemode,
  }) satisfies Partial<typeof disputes.$inferInsert>;

/** The entry that a payment is questioned. The dispute itself tells who keeps the money; it is not a refund. */
const toDisputeEntry = (dispute: Stripe.Dispute, event: Stripe.Event | null): LedgerEntry => ({
  kind: "dispute",
  stripeId: dispute.id,
  eventType: event?.type ?? "charge.dispute.created",
  stripeCustomerId: customerOf(dispute),
  stripePaymentIntentId: idOf(dispute.payment_intent),
  amount: dispute.amount,
  revenue: 0,
  currency: dispute.currency,
  occurredAt: toTime(dispute.created),
});
