import { invalid, onlyOneOf } from "../../kit/errors";
import { find } from "../../kit/lookup";
import { mergeMetadata } from "../../kit/params";
import { paymentMethods } from "../../objects/payment-method";
import type { Subscription } from "../../objects/subscription";
import { currentPeriodEnd, nextPeriodEnd } from "../time/subscription-periods";
import { cancelAt } from "./cancellation";
import { inFuture, type Updated } from "./orders";

/** Parameters of a subscription that do not change what it bills. */

export function planCancellation(
  subscription: Subscription,
  { cancel_at, cancel_at_period_end }: Pick<Updated, "cancel_at" | "cancel_at_period_end">,
): Subscription {
  if (cancel_at_period_end !== undefined && cancel_at !== undefined && cancel_at !== null) {
    throw onlyOneOf("cancel_at_period_end", "cancel_at");
  }
  if (cancel_at_period_end !== undefined) {
    const end = cancel_at_period_end ? currentPeriodEnd(subscription) : null;
    return cancelAt(subscription, end, cancel_at_period_end);
  }
  if (cancel_at === undefined) return subscription;
  return cancelAt(subscription, cancel_at === null ? null : cancelMoment(subscription, cancel_at), false);
}

function cancelMoment(subscription: Subscription, at: number | "min_period_end" | "max_period_end"): number {
  if (at === "min_period_end") return nextPeriodEnd(subscription);
  return at === "max_period_end" ? currentPeriodEnd(subscription) : inFuture(at, "cancel_at");
}

type Noted = Pick<
  Updated,
  | "collection_method"
  | "days_until_due"
  | "default_payment_method"
  | "description"
  | "metadata"
  | "payment_settings"
  | "trial_settings"
>;

/** Everything that is simply noted on the subscription. */
export function notedFields(before: Partial<Subscription>, given: Noted): Partial<Subscription> {
  const { default_payment_method, description, collection_method, days_until_due, trial_settings } = given;
  if (default_payment_method) find(paymentMethods, default_payment_method, "default_payment_method");
  if (collection_method === "send_invoice" && (days_until_due ?? before.days_until_due ?? null) === null) {
    throw invalid("You must pass `days_until_due` when `collection_method` is `send_invoice`.", {
      param: "days_until_due",
    });
  }
  const save = given.payment_settings?.save_default_payment_method;
  return {
    ...(save === undefined
      ? {}
      : {
          payment_settings: {
            payment_method_options: null,
            payment_method_types: null,
            save_default_payment_method: save,
          },
        }),
    ...(default_payment_method === undefined ? {} : { default_payment_method }),
    ...(description === undefined ? {} : { description }),
    ...(collection_method === undefined ? {} : { collection_method }),
    ...(days_until_due === undefined ? {} : { days_until_due }),
    ...(trial_settings === undefined
      ? {}
      : { trial_settings: { end_behavior: { billing_cycle_anchor: null, ...trial_settings.end_behavior } } }),
    metadata: mergeMetadata(before.metadata ?? {}, given.metadata),
  };
}
