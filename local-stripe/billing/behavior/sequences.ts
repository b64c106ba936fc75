import type { Sequence } from "../../kit/events";

/**
 * The order in which Stripe reports each action; each sequence says how that is known. A number is a gap in seconds. An
 * event that an action does not bring about is left out. Stripe promises no order of delivery
 * (https://docs.stripe.com/webhooks).
 */

/** Recorded; some test cards are disputed with the charge. */
const CHARGED: Sequence = ["charge.succeeded", "charge.dispute.created", "charge.dispute.funds_withdrawn"];

const DISCOUNT: Sequence = ["customer.discount.created", "promotion_code.updated", "coupon.updated"];

/** Recorded; the session's completion and the subscription's creation were seen in either order. */
export const CHECKOUT_SUBSCRIPTION: Sequence = [
  ...CHARGED,
  "payment_method.attached",
  "customer.created",
  "customer.updated",
  ...DISCOUNT,
  "checkout.session.completed",
  "customer.subscription.created",
  "payment_intent.succeeded",
  "payment_intent.created",
  "invoice.created",
  "customer.discount.deleted",
  "invoice.finalized",
  "invoice.paid",
  "invoice.payment_succeeded",
  1,
  "invoice_payment.paid",
];

/** Recorded; with an invoice, inferred. */
export const CHECKOUT_PAYMENT: Sequence = [
  "customer.created",
  ...CHARGED,
  "payment_intent.succeeded",
  "payment_intent.created",
  "payment_method.attached",
  "customer.updated",
  ...DISCOUNT,
  "invoice.created",
  "invoice.finalized",
  "invoice.paid",
  "invoice.payment_succeeded",
  "checkout.session.completed",
  1,
  "invoice_payment.paid",
  1,
  "charge.updated",
];

/**
 * A debit was sent; the money will come, or not, days later. Inferred from
 * https://docs.stripe.com/payments/ach-direct-debit.
 */
export const CHECKOUT_PROCESSING: Sequence = [
  "customer.created",
  "payment_intent.created",
  "charge.pending",
  "payment_intent.processing",
  "payment_method.attached",
  "customer.updated",
  ...DISCOUNT,
  "checkout.session.completed",
  "customer.subscription.created",
  "invoice.created",
  "customer.discount.deleted",
  "invoice.finalized",
];

/** The bank paid a debit. Inferred from https://docs.stripe.com/payments/ach-direct-debit. */
export const DEBIT_PAID: Sequence = [
  "charge.succeeded",
  "payment_intent.succeeded",
  "invoice.updated",
  "invoice.paid",
  "invoice.payment_succeeded",
  "customer.subscription.updated",
  "customer.updated",
  "checkout.session.async_payment_succeeded",
  1,
  "invoice_payment.paid",
];

/** The bank refused a debit. Inferred from https://docs.stripe.com/payments/ach-direct-debit. */
export const DEBIT_FAILED: Sequence = [
  "charge.failed",
  "payment_intent.payment_failed",
  "invoice.updated",
  "invoice.payment_failed",
  "customer.subscription.updated",
  "customer.updated",
  "checkout.session.async_payment_failed",
];

/** Recorded (2023). */
export const CHECKOUT_TRIAL: Sequence = [
  "customer.created",
  "setup_intent.created",
  "setup_intent.succeeded",
  "payment_method.attached",
  ...DISCOUNT,
  1,
  "checkout.session.completed",
  1,
  "customer.updated",
  "invoice.created",
  "customer.discount.deleted",
  "invoice.finalized",
  "invoice.paid",
  "invoice.payment_succeeded",
  "customer.subscription.created",
  "customer.subscription.trial_will_end",
];

/** After a 3D Secure page: the intent is reported before its charge. Recorded. */
export const AUTHENTICATED: Sequence = ["payment_intent.succeeded", "charge.succeeded"];

/** Recorded (2020). */
export const PAYMENT_DECLINED: Sequence = [
  "payment_intent.created",
  "charge.failed",
  "payment_intent.payment_failed",
];

/** Inferred from https://docs.stripe.com/billing/subscriptions/webhooks. */
export const INVOICE_PAID: Sequence = [
  "payment_intent.created",
  ...CHARGED,
  "payment_method.attached",
  "payment_intent.succeeded",
  "invoice.updated",
  "invoice.paid",
  "invoice.payment_succeeded",
  "customer.subscription.updated",
  "customer.updated",
  1,
  "invoice_payment.paid",
];

/** Recorded. */
export const REFUND: Sequence = [
  "refund.created",
  "charge.refunded",
  "refund.updated",
  "charge.refund.updated",
];

/** A credit note, with what it does to its invoice and to the money that was paid. Inferred. */
export const CREDIT_NOTE: Sequence = [
  ...REFUND,
  "credit_note.created",
  "credit_note.voided",
  "payment_intent.canceled",
  "invoice.updated",
  "invoice.paid",
  "customer.subscription.updated",
  "customer.updated",
];

/** Recorded. */
export const CATALOG: Sequence = ["product.created", "plan.created", "price.created"];

/** Inferred from https://docs.stripe.com/billing/subscriptions/webhooks. */
const ATTEMPT_FAILED: Sequence = [
  "payment_intent.created",
  "charge.failed",
  "payment_intent.payment_failed",
  "payment_intent.requires_action",
  "invoice.payment_action_required",
  "invoice.updated",
  "invoice.payment_failed",
];

/** Inferred from https://docs.stripe.com/billing/subscriptions/webhooks. */
export const INVOICE_PAYMENT_FAILED: Sequence = [
  "invoice.finalized",
  ...ATTEMPT_FAILED,
  "customer.subscription.updated",
  "customer.subscription.deleted",
  "customer.updated",
];

/** A cycle ends: the next one's invoice is drafted, and stays a draft for an hour. Recorded, in either order. */
export const RENEWAL: Sequence = ["invoice.created", "customer.subscription.updated"];

/** Inferred from https://docs.stripe.com/billing/subscriptions/trials. */
export const TRIAL_END: Sequence = ["customer.subscription.updated", "invoice.created"];

/**
 * The draft's hour is over: it is finalized and paid. Inferred from
 * https://docs.stripe.com/billing/subscriptions/webhooks.
 */
export const CYCLE_PAID: Sequence = [
  "invoice.finalized",
  "payment_intent.created",
  ...CHARGED,
  "payment_method.attached",
  "payment_intent.succeeded",
  "customer.updated",
  "invoice.updated",
  "invoice.paid",
  "invoice.payment_succeeded",
  "customer.subscription.updated",
  1,
  "invoice_payment.paid",
];

/** Recorded. */
export const API_SUBSCRIPTION: Sequence = [
  ...CHARGED,
  "payment_method.attached",
  "customer.updated",
  "customer.subscription.created",
  "payment_intent.succeeded",
  "payment_intent.created",
  1,
  "invoice.created",
  "invoice.finalized",
  "invoice.paid",
  "invoice.payment_succeeded",
  21,
  "invoice_payment.paid",
];

/** Inferred. */
export const API_SUBSCRIPTION_UNPAID: Sequence = [
  "customer.subscription.created",
  "invoice.created",
  "invoice.finalized",
  ...ATTEMPT_FAILED,
  "customer.updated",
];

/** Inferred. */
export const API_TRIAL: Sequence = [
  "customer.updated",
  "invoice.created",
  "invoice.finalized",
  "invoice.paid",
  "invoice.payment_succeeded",
  "customer.subscription.created",
  "customer.subscription.trial_will_end",
];

/** A change that only shows on the next invoice. Inferred. */
export const CHANGE_PENDING: Sequence = ["invoiceitem.created", "customer.subscription.updated"];

/** A change that is billed at once. Recorded (2022). */
export const CHANGE_PAID: Sequence = [
  "customer.updated",
  ...CHARGED,
  "payment_method.attached",
  "payment_intent.created",
  "payment_intent.succeeded",
  "invoice.created",
  "invoice.finalized",
  "invoice.paid",
  1,
  "invoice.payment_succeeded",
  "customer.subscription.updated",
  "customer.subscription.resumed",
  "invoiceitem.created",
  "invoice_payment.paid",
];

/** Inferred. */
export const CHANGE_UNPAID: Sequence = [
  "invoiceitem.created",
  "invoice.created",
  "customer.subscription.resumed",
  ...INVOICE_PAYMENT_FAILED,
];

/** Inferred. */
export const PORTAL_CARD: Sequence = [
  "setup_intent.created",
  "setup_intent.succeeded",
  "payment_method.attached",
  "customer.updated",
  "customer.subscription.updated",
];

/** Recorded; `charge.updated` from https://docs.stripe.com/disputes. */
export const DISPUTE: Sequence = [
  "charge.dispute.created",
  "charge.dispute.funds_withdrawn",
  "charge.updated",
];

/** Inferred. */
export const INCOMPLETE_EXPIRED: Sequence = ["customer.subscription.updated", "invoice.voided"];

/** A schedule begins its subscription, whose first invoice stays a draft for an hour. Recorded (2021). */
export const SCHEDULE_BEGIN: Sequence = [
  "customer.subscription.created",
  "invoiceitem.created",
  "invoice.created",
  "subscription_schedule.created",
];

/** A schedule changes its subscription, and the difference waits for the next invoice. Recorded (2021). */
export const SCHEDULE_CHANGE: Sequence = [
  "subscription_schedule.updated",
  "customer.subscription.updated",
  "invoiceitem.created",
];

/** A schedule is canceled, and its subscription with it. Recorded (2021). */
export const SCHEDULE_CANCEL: Sequence = [
  "invoiceitem.created",
  "invoice.created",
  "customer.subscription.deleted",
  "subscription_schedule.canceled",
  "invoice.updated",
];
