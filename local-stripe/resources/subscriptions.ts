import { cancelNow } from "../billing/actions/final-invoices";
import { startSubscription } from "../billing/actions/subscription-start";
import { updateSubscription } from "../billing/actions/subscription-updates";
import { applyDiscounts } from "../billing/discounts/discounts";
import { amountAhead } from "../billing/money/amounts";
import { refuseManagedEnd } from "../billing/schedules/refusals";
import { anchorOf, startOf } from "../billing/subscriptions/beginnings";
import { hasEnded, refuseEndedSubscription, withDetails } from "../billing/subscriptions/cancellation";
import { notedFields, planCancellation } from "../billing/subscriptions/notes";
import {
  type Created,
  orderItems,
  orderOnce,
  readSubscriptionChange,
  trialOf,
  type Updated,
} from "../billing/subscriptions/orders";
import { cancellationDetails, createParams, updateParams } from "../billing/subscriptions/params";
import { pauseCollection } from "../billing/subscriptions/pauses";
import { refuseBoth } from "../billing/tax/automatic-tax";
import { refuseUnlocated } from "../billing/tax/places";
import { call, list, type Resource } from "../kit/api";
import { invalid, noSuch } from "../kit/errors";
import { createdParam, within } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import { choice, flag, optional, range } from "../kit/params";
import { search } from "../kit/search";
import { customers } from "../objects/customer";
import { priceIn, prices } from "../objects/price";
import { type Subscription, subscriptions } from "../objects/subscription";
import { hidingClocks, inTimeOf, testClocks } from "../objects/test-clock";

/** In the order in which Stripe names them (recorded). */
const STATUSES = [
  "active",
  "past_due",
  "unpaid",
  "canceled",
  "incomplete",
  "incomplete_expired",
  "trialing",
  "paused",
  "all",
  "ended",
] as const;

function createFromParams(given: Created): Subscription {
  const customer = customers.get(given.customer);
  if (!customer) throw noSuch("customer", given.customer, "customer", 404);
  if (given.payment_behavior === "pending_if_incomplete") {
    throw invalid(
      "Setting `payment_behavior` to `pending_if_incomplete` has no effect when creating a subscription.",
      { param: "payment_behavior" },
    );
  }
  return inTimeOf(customer.id, () => {
    refuseUnlocated(customer, given.automatic_tax?.enabled);
    refuseBoth(given.automatic_tax?.enabled, given.default_tax_rates, "default_tax_rates");
    const items = orderItems(given.items, given.currency);
    for (const [at, { tax_rates }] of items.entries()) {
      refuseBoth(given.automatic_tax?.enabled, tax_rates, `items[${at}][tax_rates]`);
    }
    const trial_end = trialOf(given, items);
    const currency = given.currency ?? items[0]?.price.currency ?? "usd";
    const total = items.reduce(
      (sum, { price, quantity }) => sum + amountAhead(priceIn(price, currency) ?? price, quantity),
      0,
    );
    return startSubscription({
      items,
      given: {
        ...notedFields({}, given),
        currency,
        customer: customer.id,
        trial_end,
        ...anchorOf(given),
        ...startOf(given),
      },
      prepare: (begun) =>
        planCancellation(applyDiscounts(begun, given.discounts, trial_end === null ? total : null), given),
      billsFirstPeriod: given.proration_behavior !== "none",
      once: orderOnce(given.add_invoice_items, null, currency),
      behavior: given.payment_behavior ?? "allow_incomplete",
    });
  });
}

function updateFromParams(id: string, given: Updated): Subscription {
  const subscription = find(subscriptions, id);
  refuseEndedSubscription(subscription, given);
  refuseManagedEnd(subscription, given);
  return inTimeOf(subscription.customer, () => {
    const isAutomatic = given.automatic_tax?.enabled ?? subscription.automatic_tax.enabled;
    if (given.automatic_tax) refuseUnlocated(customers.must(subscription.customer), isAutomatic);
    const rates =
      given.default_tax_rates === undefined ? subscription.default_tax_rates : given.default_tax_rates;
    refuseBoth(isAutomatic, rates, "default_tax_rates");
    const wanted = readSubscriptionChange(subscription, given);
    const discounted = applyDiscounts(subscription, given.discounts, null);
    const moved = planCancellation(discounted, given);
    const { pause_collection: pause } = given;
    const patched = {
      ...(pause === undefined
        ? moved
        : pauseCollection(moved, pause && { resumes_at: null, ...moved.pause_collection, ...pause })),
      ...notedFields(subscription, given),
      cancellation_details: withDetails(moved, given.cancellation_details ?? {}),
    };
    const behavior = given.payment_behavior ?? "allow_incomplete";
    return updateSubscription(subscription, patched, wanted, {
      behavior,
      once: orderOnce(given.add_invoice_items, id, subscription.currency),
    });
  });
}

export const subscriptionResource: Resource = {
  routes: {
    "POST /v1/subscriptions": call(createParams, createFromParams),

    "GET /v1/subscriptions": list(
      {
        ...createdParam,
        ...optional({
          collection_method: choice("charge_automatically", "send_invoice"),
          current_period_end: range,
          current_period_start: range,
          customer: idOf(customers),
          price: idOf(prices),
          status: choice(...STATUSES),
          test_clock: idOf(testClocks),
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

    "POST /v1/subscriptions/:id": call(updateParams, (given, { id }) => updateFromParams(id, given)),

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
