import { cancelWithSubscription, releaseSchedule } from "../billing/actions/schedule-ends";
import { scheduleFrom, startSchedule } from "../billing/actions/schedule-start";
import { updateSchedule, withSettings } from "../billing/actions/schedule-updates";
import { type Created, createParams, updateParams } from "../billing/schedules/params";
import { resolveMoment } from "../billing/schedules/phase-ends";
import { readPhases } from "../billing/schedules/phases";
import { refuseEnded } from "../billing/schedules/refusals";
import { refuseOtherCurrency } from "../billing/subscriptions/one-currency";
import { call, list, type Resource } from "../kit/api";
import { invalid, missing } from "../kit/errors";
import { createdParam, within } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import { flag, mergeMetadata, optional, range } from "../kit/params";
import { customers } from "../objects/customer";
import { subscriptions } from "../objects/subscription";
import {
  buildSubscriptionSchedule,
  defaultSettings,
  type SubscriptionSchedule,
  subscriptionSchedules,
} from "../objects/subscription-schedule";
import { clockOf, hidingClocks, inTimeOf } from "../objects/test-clock";

function createFromParams({ from_subscription, ...given }: Created): SubscriptionSchedule {
  if (from_subscription !== undefined) return createFromSubscription(from_subscription, given);
  if (!given.customer) throw missing("customer");
  const { id: customer } = find(customers, given.customer, "customer");
  const { start_date, phases: wanted } = given;
  if (start_date === undefined) throw missing("start_date");
  if (!wanted) throw missing("phases");
  return inTimeOf(customer, () => {
    const start = resolveMoment(start_date);
    const default_settings = withSettings(defaultSettings, given.default_settings);
    const phases = readPhases(wanted, { customer, start, anchor: start, settings: default_settings });
    for (const { currency } of phases) refuseOtherCurrency(customer, currency);
    return startSchedule(
      buildSubscriptionSchedule({
        customer,
        default_settings,
        end_behavior: given.end_behavior ?? "release",
        metadata: mergeMetadata({}, given.metadata),
        phases,
        test_clock: clockOf(customer),
      }),
    );
  });
}

/** Nothing else may be said then (type: the comment of `from_subscription`; the words: inferred). */
function createFromSubscription(
  id: string,
  others: Omit<Created, "from_subscription">,
): SubscriptionSchedule {
  const [other] = Object.keys(others);
  if (other) {
    throw invalid(`You cannot set \`${other}\` if \`from_subscription\` is set.`, { param: other });
  }
  const subscription = find(subscriptions, id, "from_subscription");
  if (subscription.schedule !== null) {
    // The words: Stripe's, as public code quotes them.
    throw invalid(
      `You cannot migrate a subscription that is already attached to a schedule: \`${subscription.schedule}\`.`,
      { param: "from_subscription" },
    );
  }
  if (!SCHEDULABLE.has(subscription.status)) {
    throw invalid(`You cannot schedule a subscription whose status is ${subscription.status}.`, {
      param: "from_subscription",
    });
  }
  return inTimeOf(subscription.customer, () => scheduleFrom(subscription));
}

/** Inferred: a subscription that runs. */
const SCHEDULABLE = new Set<string>(["active", "past_due", "trialing", "unpaid"]);

const happenedWithin = (span: Parameters<typeof within>[0], at: number | null): boolean =>
  span === undefined || (at !== null && within(span, at));

export const subscriptionScheduleResource: Resource = {
  routes: {
    "POST /v1/subscription_schedules": call(createParams, createFromParams),

    "GET /v1/subscription_schedules": list(
      {
        ...createdParam,
        ...optional({
          canceled_at: range,
          completed_at: range,
          customer: idOf(customers),
          released_at: range,
          scheduled: flag,
        }),
      },
      ({ customer, scheduled, ...spans }) => {
        if (customer !== undefined) find(customers, customer, "customer");
        const status = scheduled ? "not_started" : undefined;
        return hidingClocks(subscriptionSchedules.where({ customer, status }), customer).filter(
          ({ canceled_at, completed_at, released_at }) =>
            happenedWithin(spans.canceled_at, canceled_at) &&
            happenedWithin(spans.completed_at, completed_at) &&
            happenedWithin(spans.released_at, released_at),
        );
      },
    ),

    "GET /v1/subscription_schedules/:id": call({}, (_, { id }) => find(subscriptionSchedules, id)),

    "POST /v1/subscription_schedules/:id": call(updateParams, (given, { id }) => {
      const schedule = find(subscriptionSchedules, id);
      return inTimeOf(schedule.customer, () => updateSchedule(schedule, given));
    }),

    "POST /v1/subscription_schedules/:id/cancel": call(
      optional({ invoice_now: flag, prorate: flag }),
      ({ invoice_now: invoiceNow = true, prorate = true }, { id }) => {
        const schedule = find(subscriptionSchedules, id);
        refuseEnded(schedule, "cancel");
        return inTimeOf(schedule.customer, () => cancelWithSubscription(schedule, { prorate, invoiceNow }));
      },
    ),

    "POST /v1/subscription_schedules/:id/release": call(
      optional({ preserve_cancel_date: flag }),
      ({ preserve_cancel_date: preserveCancelDate = false }, { id }) => {
        const schedule = find(subscriptionSchedules, id);
        refuseEnded(schedule, "release");
        return inTimeOf(schedule.customer, () => releaseSchedule(schedule, { preserveCancelDate }));
      },
    ),
  },
};
