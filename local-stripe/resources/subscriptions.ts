import { z } from "zod";
import { cancel, cancelAt, currentPeriodEnd, withDetails } from "../billing/subscriptions";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { invalid, noSuch } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import {
  choice,
  emptyable,
  flag,
  group,
  mergeMetadata,
  metadata,
  optional,
  range,
  text,
  timestamp,
} from "../kit/params";
import { paymentMethods } from "../objects/payment-method";
import { type Subscription, subscriptions } from "../objects/subscription";
import { inTimeOf } from "../objects/test-clock";

const cancellationDetails = group(
  optional({
    comment: emptyable(text),
    feedback: emptyable(
      choice(
        "customer_service",
        "low_quality",
        "missing_features",
        "other",
        "switched_service",
        "too_complex",
        "too_expensive",
        "unused",
      ),
    ),
  }),
);

const STATUSES = [
  "active",
  "all",
  "canceled",
  "ended",
  "incomplete",
  "incomplete_expired",
  "past_due",
  "paused",
  "trialing",
  "unpaid",
] as const;

const hasEnded = ({ status }: Subscription) => status === "canceled" || status === "incomplete_expired";

/** An ended subscription takes nothing but notes about itself. */
function refuseEnded(subscription: Subscription, given: Readonly<Record<string, unknown>>): void {
  if (!hasEnded(subscription)) return;
  const other = Object.keys(given).filter((key) => key !== "metadata" && key !== "cancellation_details");
  if (other.length === 0) return;
  throw invalid("A canceled subscription can only update its cancellation_details and metadata.", {
    code: "invalid_canceled_subscription_fields",
  });
}

function scheduleCancellation(
  subscription: Subscription,
  atPeriodEnd: boolean | undefined,
  at: number | "min_period_end" | "max_period_end" | null | undefined,
): Subscription {
  if (atPeriodEnd !== undefined && at !== undefined && at !== null) {
    throw invalid("You may only specify one of these parameters: cancel_at, cancel_at_period_end.", {
      code: "parameters_exclusive",
    });
  }
  if (atPeriodEnd !== undefined) {
    return cancelAt(subscription, atPeriodEnd ? currentPeriodEnd(subscription) : null, atPeriodEnd);
  }
  if (at === undefined) return subscription;
  if (typeof at === "number" && at <= now()) {
    throw invalid("`cancel_at` must be a timestamp in the future.", { param: "cancel_at" });
  }
  const ends = subscription.items.data.map((item) => item.current_period_end);
  const moment =
    at === "min_period_end" ? Math.min(...ends) : at === "max_period_end" ? Math.max(...ends) : at;
  return cancelAt(subscription, moment, false);
}

export const subscriptionResource: Resource = {
  routes: {
    "GET /v1/subscriptions": list(
      {
        ...createdParam,
        ...optional({
          current_period_end: range,
          customer: text,
          price: text,
          status: choice(...STATUSES),
          test_clock: text,
        }),
      },
      ({ customer, price, status, test_clock }) => {
        const rows = subscriptions.where({ customer, price, test_clock });
        if (status === "all") return rows;
        if (status === "ended") return rows.filter(hasEnded);
        return rows.filter((row) => (status ? row.status === status : row.status !== "canceled"));
      },
    ),

    "GET /v1/subscriptions/:id": call({}, (_, { id }) => find(subscriptions, id)),

    "POST /v1/subscriptions/:id": call(
      optional({
        cancel_at: emptyable(z.union([choice("min_period_end", "max_period_end"), timestamp])),
        cancel_at_period_end: flag,
        cancellation_details: cancellationDetails,
        default_payment_method: emptyable(text),
        description: emptyable(text),
        metadata,
      }),
      (given, { id }) => {
        const subscription = find(subscriptions, id);
        refuseEnded(subscription, given);
        return inTimeOf(subscription.customer, () => {
          const { cancel_at, cancel_at_period_end, cancellation_details, ...plain } = given;
          const method = plain.default_payment_method;
          if (method) find(paymentMethods, method, "default_payment_method");
          const moved = scheduleCancellation(subscription, cancel_at_period_end, cancel_at);
          const updated = subscriptions.put({
            ...moved,
            ...plain,
            cancellation_details: withDetails(moved, cancellation_details ?? {}),
            metadata: mergeMetadata(subscription.metadata, plain.metadata),
          });
          emit("customer.subscription.updated", updated, subscription);
          return updated;
        });
      },
    ),

    "DELETE /v1/subscriptions/:id": call(
      optional({ cancellation_details: cancellationDetails, invoice_now: flag, prorate: flag }),
      ({ cancellation_details }, { id }) => {
        const subscription = find(subscriptions, id);
        if (hasEnded(subscription)) {
          throw noSuch("subscription", id);
        }
        return inTimeOf(subscription.customer, () =>
          cancel(subscription, { ...cancellation_details, reason: "cancellation_requested" }),
        );
      },
    ),
  },
};
