import { pauseOnRequest, resumeOnRequest } from "../billing/actions/pause-requests";
import { anchorType, prorationBehavior } from "../billing/subscriptions/params";
import { call, type Resource } from "../kit/api";
import { find } from "../kit/lookup";
import { choice, group, optional, timestamp } from "../kit/params";
import { subscriptions } from "../objects/subscription";
import { inTimeOf } from "../objects/test-clock";

/** Standing still and going on again. Undoing a scheduled cancellation is an update, not a resumption. */
export const subscriptionPauseResource: Resource = {
  routes: {
    "POST /v1/subscriptions/:id/pause": call(
      optional({
        bill_for: group(
          optional({
            outstanding_usage_through: group({ type: choice("none", "now") }),
            unused_time_from: group({ type: choice("item_current_period_start", "none", "now") }),
          }),
        ),
        invoicing_behavior: choice("invoice", "pending_invoice_item"),
        type: choice("subscription"),
      }),
      ({ bill_for, invoicing_behavior }, { id }) => {
        const subscription = find(subscriptions, id);
        return inTimeOf(subscription.customer, () =>
          pauseOnRequest(
            subscription,
            bill_for?.unused_time_from?.type ?? "now",
            invoicing_behavior === "invoice",
          ),
        );
      },
    ),

    "POST /v1/subscriptions/:id/resume": call(
      optional({
        billing_cycle_anchor: anchorType,
        payment_behavior: choice("resume_on_payment_attempt", "resume_on_payment_success"),
        proration_behavior: prorationBehavior,
        proration_date: timestamp,
      }),
      ({ billing_cycle_anchor, payment_behavior, proration_behavior, proration_date }, { id }) => {
        const subscription = find(subscriptions, id);
        return inTimeOf(subscription.customer, () =>
          resumeOnRequest(subscription, {
            anchor: billing_cycle_anchor?.type ?? "now",
            onSuccess: payment_behavior === "resume_on_payment_success",
            prorations: proration_behavior ?? "create_prorations",
            prorationDate: proration_date ?? null,
          }),
        );
      },
    ),
  },
};
