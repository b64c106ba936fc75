import { withDetails } from "../billing/cancellation";
import { applyDiscounts } from "../billing/discounts";
import { cancelNow } from "../billing/final-invoices";
import { amountOf } from "../billing/money";
import { pauseCollection } from "../billing/pauses";
import { start } from "../billing/subscription-start";
import { update } from "../billing/subscription-updates";
import { call, list, type Resource } from "../kit/api";
import { invalid, noSuch } from "../kit/errors";
import { createdParam, within } from "../kit/list";
import { find } from "../kit/lookup";
import { choice, flag, optional, range, text } from "../kit/params";
import { search } from "../kit/search";
import { customers } from "../objects/customer";
import { type Subscription, subscriptions } from "../objects/subscription";
import { hidingClocks, inTimeOf } from "../objects/test-clock";
import { noted, withCancellation } from "./subscription-notes";
import {
  type Created,
  changeOf,
  inFuture,
  onceLines,
  orderedItems,
  trialOf,
  type Updated,
} from "./subscription-orders";
import { cancellationDetails, createParams, updateParams } from "./subscription-params";

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
export function refuseEnded(subscription: Subscription, given: Readonly<Record<string, unknown>>): void {
  if (!hasEnded(subscription)) return;
  const other = Object.keys(given).filter((key) => key !== "metadata" && key !== "cancellation_details");
  if (other.length === 0) return;
  throw invalid("A canceled subscription can only update its cancellation_details and metadata.", {
    code: "invalid_canceled_subscription_fields",
  });
}

function create(given: Created): Subscription {
  const customer = find(customers, given.customer, "customer");
  return inTimeOf(customer.id, () => {
    const items = orderedItems(given.items, given.currency);
    const trial_end = trialOf(given, items);
    const anchor = given.billing_cycle_anchor;
    const total = items.reduce((sum, { price, quantity }) => sum + amountOf(price, quantity), 0);
    return start({
      items,
      given: {
        ...noted({}, given),
        currency: items[0]?.price.currency ?? "usd",
        customer: customer.id,
        trial_end,
        ...(anchor === undefined ? {} : { billing_cycle_anchor: inFuture(anchor, "billing_cycle_anchor") }),
      },
      prepare: (begun) =>
        withCancellation(applyDiscounts(begun, given.discounts, trial_end === null ? total : null), given),
      billsFirstPeriod: given.proration_behavior !== "none",
      once: onceLines(given.add_invoice_items, null),
      behavior: given.payment_behavior ?? "allow_incomplete",
    });
  });
}

function change(id: string, given: Updated): Subscription {
  const subscription = find(subscriptions, id);
  refuseEnded(subscription, given);
  return inTimeOf(subscription.customer, () => {
    const wanted = changeOf(subscription, given);
    const discounted = applyDiscounts(subscription, given.discounts, null);
    const moved = withCancellation(discounted, given);
    const { pause_collection: pause } = given;
    const patched = {
      ...(pause === undefined ? moved : pauseCollection(moved, pause && { resumes_at: null, ...pause })),
      ...noted(subscription, given),
      cancellation_details: withDetails(moved, given.cancellation_details ?? {}),
    };
    const behavior = given.payment_behavior ?? "allow_incomplete";
    return update(subscription, patched, wanted, { behavior, once: onceLines(given.add_invoice_items, id) });
  });
}

export const subscriptionResource: Resource = {
  routes: {
    "POST /v1/subscriptions": call(createParams, create),

    "GET /v1/subscriptions": list(
      {
        ...createdParam,
        ...optional({
          collection_method: choice("charge_automatically", "send_invoice"),
          current_period_end: range,
          current_period_start: range,
          customer: text,
          price: text,
          status: choice(...STATUSES),
          test_clock: text,
        }),
      },
      ({ customer, price, status, test_clock, collection_method, ...spans }) => {
        const named = status === "all" || status === "ended" ? undefined : status;
        const rows = hidingClocks(
          subscriptions.where({ customer, price, test_clock, status: named }),
          customer,
          test_clock,
        ).filter(({ items, collection_method: collects }) => {
          const [item] = items.data;
          return (
            within(spans.current_period_end, item?.current_period_end ?? 0) &&
            within(spans.current_period_start, item?.current_period_start ?? 0) &&
            (collection_method === undefined || collects === collection_method)
          );
        });
        if (status === "ended") return rows.filter(hasEnded);
        return status ? rows : rows.filter((row) => row.status !== "canceled");
      },
    ),

    "GET /v1/subscriptions/search": search(["created", "metadata", "status"], () => subscriptions.all()),

    "GET /v1/subscriptions/:id": call({}, (_, { id }) => find(subscriptions, id)),

    "POST /v1/subscriptions/:id": call(updateParams, (given, { id }) => change(id, given)),

    "DELETE /v1/subscriptions/:id": call(
      optional({ cancellation_details: cancellationDetails, invoice_now: flag, prorate: flag }),
      ({ cancellation_details, prorate = false, invoice_now: invoiceNow = false }, { id }) => {
        const subscription = find(subscriptions, id);
        if (hasEnded(subscription)) throw noSuch("subscription", id);
        const details = { ...cancellation_details, reason: "cancellation_requested" as const };
        return inTimeOf(subscription.customer, () =>
          cancelNow(subscription, details, { prorate, invoiceNow }),
        );
      },
    ),
  },
};
