import { PORTAL_CARD } from "../../billing/behavior/sequences";
import { switches } from "../../billing/behavior/switches";
import { confirmSetup, createSetup } from "../../billing/payments/setup-intents";
import { scheduleOf } from "../../billing/schedules/current";
import { currentPeriodEnd } from "../../billing/time/subscription-periods";
import { askApi } from "../../kit/api";
import { inSequence } from "../../kit/events";
import type { Form } from "../../kit/form";
import type { Invoice } from "../../objects/invoice";
import type { PaymentMethod } from "../../objects/payment-method";
import type { SetupIntent } from "../../objects/setup-intent";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { customerResource } from "../../resources/customers";
import { invoicePreviewResource } from "../../resources/invoice-previews";
import { subscriptionScheduleResource } from "../../resources/subscription-schedules";
import { subscriptionResource } from "../../resources/subscriptions";
import type { Portal } from "./session";

const ENDED = new Set<string>(["canceled", "incomplete_expired"]);

export const liveSubscriptions = ({ customer }: Portal): Subscription[] =>
  subscriptions.where({ customer: customer.id }).filter(({ status }) => !ENDED.has(status));

const askForUpdate = (id: string, form: Form): Subscription =>
  askApi(subscriptionResource, "POST /v1/subscriptions/:id", id, form);

export interface PlanChange {
  readonly item: string;
  readonly price: string;
  readonly quantity: number;
  readonly promotionCode?: string;
}

/** The change as the configuration wants it made; the preview asks for the very same. */
function changeOf({ features }: Portal, subscription: Subscription, change: PlanChange): Form {
  const { proration_behavior, billing_cycle_anchor, trial_update_behavior } = features.subscription_update;
  const { item, price, quantity } = change;
  return {
    items: [{ id: item, price, quantity: String(quantity) }],
    proration_behavior,
    ...(billing_cycle_anchor === "now" ? { billing_cycle_anchor: { type: "now" } } : {}),
    ...(subscription.status === "trialing" && trial_update_behavior === "end_trial"
      ? { trial_end: "now" }
      : {}),
  };
}

const discountsOf = ({ promotionCode }: PlanChange): Form =>
  promotionCode ? { discounts: [{ promotion_code: promotionCode }] } : {};

/** Takes back a change that waits for the end of the period: its schedule is released. */
export function keepCurrentPlan(subscription: Subscription): void {
  const schedule = scheduleOf(subscription);
  if (!schedule) return;
  askApi(subscriptionScheduleResource, "POST /v1/subscription_schedules/:id/release", schedule.id, {});
}

/** Inferred: what was scheduled before goes. */
export function changePlan(portal: Portal, subscription: Subscription, change: PlanChange): Subscription {
  keepCurrentPlan(subscription);
  return askForUpdate(subscription.id, {
    ...changeOf(portal, subscription, change),
    ...discountsOf(change),
  });
}

export function previewChange(portal: Portal, subscription: Subscription, change: PlanChange) {
  return preview(subscription, {
    ...discountsOf(change),
    subscription_details: changeOf(portal, subscription, change),
  });
}

/** Previews the next invoice, with a change or without. */
export function preview(subscription: Subscription, form: Form = {}): Invoice {
  return askApi(invoicePreviewResource, "POST /v1/invoices/create_preview", "", {
    customer: subscription.customer,
    subscription: subscription.id,
    ...form,
  });
}

/** At the period's end, which in flexible billing is a plain `cancel_at`; or at once, as configured. */
export function cancelPlan(
  { features }: Portal,
  subscription: Subscription,
  details: { readonly feedback: string; readonly comment: string },
): Subscription {
  const { mode, proration_behavior } = features.subscription_cancel;
  const cancellation_details = Object.fromEntries(Object.entries(details).filter(([, value]) => value));
  if (mode === "immediately") {
    const prorated =
      proration_behavior === "none"
        ? {}
        : { prorate: "true", invoice_now: String(proration_behavior === "always_invoice") };
    return askApi(subscriptionResource, "DELETE /v1/subscriptions/:id", subscription.id, {
      cancellation_details,
      ...prorated,
    });
  }
  // Inferred: a schedule alone may say when its subscription ends, so it goes first.
  keepCurrentPlan(subscription);
  const cancel_at = String(currentPeriodEnd(subscription));
  return askForUpdate(subscription.id, { cancel_at, cancellation_details });
}

export const keepPlan = (subscription: Subscription): Subscription =>
  askForUpdate(
    subscription.id,
    subscription.cancel_at_period_end ? { cancel_at_period_end: "false" } : { cancel_at: "" },
  );

/** Keeps a new card as the one that is charged. Its bank may first ask for 3D Secure. */
export function addCard(portal: Portal, method: PaymentMethod): SetupIntent {
  return inSequence(PORTAL_CARD, () => {
    const begun = createSetup({ customer: portal.customer.id, usage: "off_session" });
    const returnUrl = `${portal.session.url}/cards/${begun.id}`;
    const intent = confirmSetup(begun, method, { returnUrl });
    if (intent.status === "succeeded") chargeFromNowOn(portal, method.id);
    return intent;
  });
}

export function chargeFromNowOn(portal: Portal, default_payment_method: string): void {
  const { portalCardDefault: where } = switches;
  if (where !== "subscription") {
    askApi(customerResource, "POST /v1/customers/:id", portal.customer.id, {
      invoice_settings: { default_payment_method },
    });
  }
  if (where === "customer") return;
  for (const subscription of liveSubscriptions(portal)) {
    if (subscription.default_payment_method) {
      askForUpdate(subscription.id, { default_payment_method });
    }
  }
}

/** The card that the next payment is taken from. */
export function chargedCard(portal: Portal): string | null {
  const own = liveSubscriptions(portal).find((subscription) => subscription.default_payment_method);
  return own?.default_payment_method ?? portal.customer.invoice_settings.default_payment_method;
}

export function updateDetails({ customer }: Portal, form: Form): void {
  askApi(customerResource, "POST /v1/customers/:id", customer.id, form);
}
