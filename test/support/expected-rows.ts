/**
 * The rows that objects of stripe-objects.ts should end in, written by hand from the meaning of Stripe's fields and
 * not by the functions that write the rows.
 */

type StripeObject = Record<string, unknown>;

const at = (seconds: unknown) => (typeof seconds === "number" ? new Date(seconds * 1000) : null);
const part = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce((inner, key) => (inner as StripeObject | undefined)?.[key], value);

const sum = (parts: unknown) =>
  ((parts ?? []) as { amount: number }[]).reduce((total, { amount }) => total + amount, 0);

export const expectedSubscription = (object: StripeObject) => ({
  stripeId: object.id,
  stripeCustomerId: object.customer,
  status: object.status,
  stripePriceId: part(object, "items", "data", 0, "price", "id"),
  quantity: part(object, "items", "data", 0, "quantity"),
  unitAmount: part(object, "items", "data", 0, "price", "unit_amount"),
  interval: part(object, "items", "data", 0, "price", "recurring", "interval"),
  intervalCount: part(object, "items", "data", 0, "price", "recurring", "interval_count"),
  currency: object.currency,
  currentPeriodStart: at(part(object, "items", "data", 0, "current_period_start")),
  currentPeriodEnd: at(part(object, "items", "data", 0, "current_period_end")),
  trialStart: at(object.trial_start),
  trialEnd: at(object.trial_end),
  cancelAt: at(object.cancel_at),
  cancelAtPeriodEnd: object.cancel_at_period_end,
  canceledAt: at(object.canceled_at),
  cancellationReason: part(object, "cancellation_details", "reason") ?? null,
  endedAt: at(object.ended_at),
  collectionMethod: object.collection_method,
  pauseBehavior: part(object.pause_collection ?? {}, "behavior") ?? null,
  pauseResumesAt: at(part(object.pause_collection ?? {}, "resumes_at")),
  // The histories have none: how discounts are copied is in test/discounts.test.ts.
  discounts: [],
  stripeScheduleId: object.schedule,
  startedAt: at(object.start_date),
  livemode: object.livemode,
});

export const expectedItems = (object: StripeObject) =>
  (part(object, "items", "data") as StripeObject[])
    .map((item) => ({
      stripeId: item.id,
      stripeSubscriptionId: object.id,
      stripePriceId: part(item, "price", "id"),
      quantity: item.quantity,
      unitAmountDecimal: part(item, "price", "unit_amount_decimal"),
    }))
    .toSorted(byStripeId);

export const byStripeId = (one: { stripeId: unknown }, other: { stripeId: unknown }) =>
  String(one.stripeId) < String(other.stripeId) ? -1 : 1;

export const expectedInvoicePayment = (object: StripeObject) => ({
  stripeId: object.id,
  stripeInvoiceId: object.invoice,
  stripePaymentIntentId: part(object, "payment", "payment_intent"),
  status: object.status,
  amountPaid: object.amount_paid,
  paidAt: at(part(object, "status_transitions", "paid_at")),
});

export const expectedInvoice = (object: StripeObject) => ({
  stripeId: object.id,
  stripeCustomerId: object.customer,
  stripeSubscriptionId: part(object, "parent", "subscription_details", "subscription"),
  number: object.number,
  status: object.status,
  billingReason: object.billing_reason,
  collectionMethod: object.collection_method,
  description: object.description ?? part(object, "lines", "data", 0, "description") ?? null,
  stripePriceId: part(object, "lines", "data", 0, "pricing", "price_details", "price") ?? null,
  periodStart: at(object.period_start),
  periodEnd: at(object.period_end),
  attemptCount: object.attempt_count,
  nextPaymentAttemptAt: at(object.next_payment_attempt),
  dueAt: at(object.due_date),
  paidAt: at(part(object, "status_transitions", "paid_at")),
  subtotal: object.subtotal,
  discountAmount: sum(object.total_discount_amounts),
  taxAmount: sum(object.total_taxes),
  total: object.total,
  amountDue: object.amount_due,
  amountPaid: object.amount_paid,
  amountRemaining: object.amount_remaining,
  currency: object.currency,
  hostedInvoiceUrl: object.hosted_invoice_url,
  invoicePdf: object.invoice_pdf,
  stripeCreatedAt: at(object.created),
  livemode: object.livemode,
});

export const expectedDispute = (object: StripeObject) => ({
  stripeId: object.id,
  stripeChargeId: part(object, "charge", "id"),
  stripePaymentIntentId: object.payment_intent,
  status: object.status,
  reason: object.reason,
  amount: object.amount,
  currency: object.currency,
  evidenceDueAt: at(part(object, "evidence_details", "due_by")),
  stripeCreatedAt: at(object.created),
  livemode: object.livemode,
});
