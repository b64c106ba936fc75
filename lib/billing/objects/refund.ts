import type Stripe from "stripe";
import type { LedgerEntry } from "../ledger";
import { idOf, stripe } from "../stripe";
import { NOTHING_ELSE, type ObjectDefinition, ownId } from "./definition";
import { toTime } from "./time";

/** Money that goes back. The ledger is all that shows it. */
export const refund = {
  events: {
    "refund.created": "money goes back",
    "refund.updated": "a pending refund went through or was canceled",
    "refund.failed": "the bank returned the refund: the money is ours again",
  },
  notedEvents: {
    "charge.refunded": "the sum of a charge's refunds, each of which reports itself",
  },
  idFrom: { refund: ownId },
  isCarriedWhole: () => true,
  retrieve: (id, options) => stripe.refunds.retrieve(id, {}, options),
  list: (pages, after) => pages((params, options) => stripe.refunds.list(params, options), after),
  ledgerEntries: (source, event) => [toRefundEntry(source, event)],
  ownLedgerKind: "refund",
  effects: (source) => ({
    ...NOTHING_ELSE,
    stripeCustomerId: idOf(source.customer),
    note: `Refund ${source.id} is ${source.status}.`,
  }),
  effectsWhenGone: (id) => ({
    ...NOTHING_ELSE,
    stripeCustomerId: null,
    note: `Stripe knows no refund ${id}.`,
  }),
  mirror: null,
  comparisons: [],
  listOtherIds: async () => [],
  customerTable: null,
} satisfies ObjectDefinition<Stripe.Refund>;

/** Money given back counts once it is on its way, and no longer if the bank returns it. */
const toRefundEntry = (refund: Stripe.Refund, event: Stripe.Event | null): LedgerEntry => ({
  kind: "refund",
  stripeId: refund.id,
  eventType: event?.type ?? "refund.created",
  stripeCustomerId: idOf(refund.customer),
  stripePaymentIntentId: idOf(refund.payment_intent),
  amount: refund.amount,
  revenue: refund.status === "succeeded" ? -refund.amount : 0,
  status: refund.status ?? "pending",
  currency: refund.currency,
  occurredAt: toTime(refund.created),
});
