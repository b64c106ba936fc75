import { redirect } from "../hosted/layout";
import { keepPlan } from "../hosted/portal/actions";
import { account } from "../kit/account";
import { askApi } from "../kit/api";
import { ask } from "../kit/ask";
import { now } from "../kit/clock";
import { find } from "../kit/lookup";
import { byItself, transaction } from "../kit/transaction";
import type { PortalSession } from "../objects/billing-portal";
import type { CheckoutSession } from "../objects/checkout-session";
import type { Customer } from "../objects/customer";
import { isMetered, prices } from "../objects/price";
import { subscriptions } from "../objects/subscription";
import { type TestClock, testClocks } from "../objects/test-clock";
import { billingPortalSessionResource } from "../resources/billing-portal-sessions";
import { checkoutSessionResource } from "../resources/checkout-sessions";
import { customerResource } from "../resources/customers";
import { disputeResource } from "../resources/disputes";
import { invoiceResource } from "../resources/invoices";
import { paymentIntentResource } from "../resources/payment-intents";
import { refundResource } from "../resources/refunds";
import { subscriptionPauseResource } from "../resources/subscription-pauses";
import { subscriptionScheduleResource } from "../resources/subscription-schedules";
import { subscriptionResource } from "../resources/subscriptions";
import { testClockResource } from "../resources/test-clocks";
import { webhookEndpointResource } from "../resources/webhook-endpoints";
import { count, type Input, Mistake, oneOf } from "./input";
import { timeOfNextRenewal } from "./renewals";

function cancelSubscription(id: string, when: "now" | "at_period_end" | "never"): unknown {
  if (when === "now") return ask(subscriptionResource, "DELETE /v1/subscriptions/:id", id, {});
  if (when === "never") return transaction(byItself, () => keepPlan(find(subscriptions, id)));
  return ask(subscriptionResource, "POST /v1/subscriptions/:id", id, { cancel_at_period_end: "true" });
}

/** A page of Checkout for one of a price, and back to what came of it. */
function checkout(price: string, customer: string | undefined): CheckoutSession {
  const sold = prices.get(price);
  return ask(checkoutSessionResource, "POST /v1/checkout/sessions", "", {
    line_items: [sold && isMetered(sold) ? { price } : { price, quantity: "1" }],
    mode: sold?.recurring ? "subscription" : "payment",
    success_url: `${account.origin}/objects/{CHECKOUT_SESSION_ID}`,
    cancel_url: `${account.origin}/products`,
    ...(customer ? { customer } : {}),
  });
}

/** A clock is of no use without somebody who lives by it. */
function createClock(name: string): TestClock {
  return transaction(byItself, () => {
    const clock = askApi<TestClock>(testClockResource, "POST /v1/test_helpers/test_clocks", "", {
      frozen_time: String(now()),
      name,
    });
    askApi<Customer>(customerResource, "POST /v1/customers", "", { name, test_clock: clock.id });
    return clock;
  });
}

function advanceClock(id: string, target: (clock: TestClock) => number): unknown {
  const clock = testClocks.get(id);
  if (!clock) throw new Mistake(`No such test clock: ${id}`);
  return ask(testClockResource, "POST /v1/test_helpers/test_clocks/:id/advance", id, {
    frozen_time: String(target(clock)),
  });
}

/** Steps that one takes in Stripe's Dashboard, for buttons and for scripts. */
export const dashboardActions: Readonly<Record<string, (input: Input) => unknown>> = {
  refund: (input) => {
    const [charge, amount] = [input("charge"), input("amount")];
    return ask(refundResource, "POST /v1/refunds", "", { charge, ...(amount ? { amount } : {}) });
  },
  payment: (input) => {
    const step = oneOf(input, "do", ["capture", "cancel"]);
    return ask(
      paymentIntentResource,
      `POST /v1/payment_intents/:id/${step}`,
      input("payment_intent") ?? "",
      {},
    );
  },
  cancel: (input) =>
    cancelSubscription(input("subscription") ?? "", oneOf(input, "when", ["now", "at_period_end", "never"])),
  resume: (input) =>
    ask(subscriptionPauseResource, "POST /v1/subscriptions/:id/resume", input("subscription") ?? "", {}),
  schedule: (input) => {
    const step = oneOf(input, "do", ["release", "cancel"]);
    const route = `POST /v1/subscription_schedules/:id/${step}` as const;
    return ask(subscriptionScheduleResource, route, input("schedule") ?? "", {});
  },
  invoice: (input) => {
    const step = oneOf(input, "do", ["finalize", "pay", "void", "mark_uncollectible"]);
    return ask(invoiceResource, `POST /v1/invoices/:id/${step}`, input("invoice") ?? "", {});
  },
  answer_dispute: (input) =>
    ask(disputeResource, "POST /v1/disputes/:id", input("dispute") ?? "", {
      evidence: { uncategorized_text: oneOf(input, "with", ["winning_evidence", "losing_evidence"]) },
      submit: "true",
    }),
  "endpoint/create": (input) =>
    ask(webhookEndpointResource, "POST /v1/webhook_endpoints", "", {
      url: input("url"),
      enabled_events: ["*"],
    }),
  "endpoint/delete": (input) =>
    ask(webhookEndpointResource, "DELETE /v1/webhook_endpoints/:id", input("endpoint") ?? "", {}),
  endpoint: (input) =>
    ask(webhookEndpointResource, "POST /v1/webhook_endpoints/:id", input("endpoint") ?? "", {
      disabled: String(oneOf(input, "status", ["enabled", "disabled"]) === "disabled"),
    }),

  "test_clock/create": (input) => createClock(input("name") ?? "Test clock"),
  "test_clock/advance": (input) =>
    advanceClock(input("test_clock") ?? "", ({ frozen_time }) => frozen_time + count(input, "seconds")),
  "test_clock/next_renewal": (input) =>
    advanceClock(input("test_clock") ?? "", ({ id, frozen_time }) => timeOfNextRenewal(id, frozen_time)),

  checkout: (input) => redirect(String(checkout(input("price") ?? "", input("customer")).url)),
  portal: (input) => {
    const customer = input("customer") ?? "";
    const return_url = `${account.origin}/customers/${customer}`;
    const { url } = ask<PortalSession>(billingPortalSessionResource, "POST /v1/billing_portal/sessions", "", {
      customer,
      return_url,
    });
    return redirect(url);
  },
};
