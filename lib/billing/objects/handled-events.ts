import type Stripe from "stripe";

/** The events that change rows of ours, and why. */
const CHANGES = {
  "checkout.session.completed": "the purchase; of a one-time sale also its money",
  "checkout.session.async_payment_succeeded": "the money of a delayed payment method arrived",
  "checkout.session.async_payment_failed": "the money of a delayed payment method never came",
  "checkout.session.expired": "the person may start another checkout",
  "customer.subscription.created": "access begins",
  "customer.subscription.updated": "renewal, plan change, cancellation, past due",
  "customer.subscription.paused": "access pauses: a trial ended without a card",
  "customer.subscription.resumed": "access is back",
  "customer.subscription.deleted": "access ends",
  "customer.deleted": "the person's next checkout needs another customer",
  "invoice.created": "a renewal's bill is being drafted; it is charged an hour later",
  "invoice.finalized": "a bill exists, with its number and its page",
  "invoice.updated": "its amounts or its attempts changed",
  "invoice.paid": "the money of a subscription, also when settled outside of Stripe",
  "invoice.payment_succeeded": "the money of a subscription",
  "invoice.payment_failed": "an attempt to collect failed; Stripe will try again",
  "invoice.payment_action_required": "the bank wants its customer to confirm the payment",
  "invoice.marked_uncollectible": "the money is not expected any more",
  "invoice.voided": "the bill was withdrawn",
  "invoice.deleted": "a draft was thrown away",
  "refund.created": "money goes back",
  "refund.updated": "a pending refund went through or was canceled",
  "refund.failed": "the bank returned the refund: the money is ours again",
  "charge.dispute.created": "a payment is questioned",
  "charge.dispute.updated": "the dispute's evidence or status changed",
  "charge.dispute.closed": "the dispute was won or lost",
  "charge.dispute.funds_withdrawn": "the disputed money was taken",
  "charge.dispute.funds_reinstated": "the disputed money came back",
  "product.created": "the catalog gained a plan",
  "product.updated": "a plan was edited in the dashboard",
  "product.deleted": "a plan is gone",
  "price.created": "the catalog gained a price",
  "price.updated": "a price was archived or edited in the dashboard",
  "price.deleted": "a price is gone",
} as const;

/** What an event that changes rows is about; objects.ts names the rows of each, or does not compile. */
export type ChangedObject = Extract<Stripe.Event, { type: keyof typeof CHANGES }>["data"]["object"]["object"];

/**
 * Kept in the inbox for people to see; rows of ours show nothing of them. Cards (`payment_method.*`) are not even
 * asked for: Stripe's own pages show them.
 */
const NOTED = {
  "customer.subscription.trial_will_end": "three days' notice; the end of the trial is an event of its own",
  "customer.updated": "name, address and card are shown by Stripe's portal",
  "charge.refunded": "the sum of a charge's refunds, each of which reports itself",
} as const;

/** One list: the agent applies it, STRIPE_SETUP.md describes it, the sweep asks for it. */
export const HANDLED_EVENTS = { ...CHANGES, ...NOTED } satisfies Partial<
  Record<Stripe.Event["type"], string>
>;

export const changesRows = (type: string) => Object.hasOwn(CHANGES, type);
