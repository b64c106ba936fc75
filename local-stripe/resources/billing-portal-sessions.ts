import type { z } from "zod";
import { call, type Resource } from "../kit/api";
import { invalid, missing, noSuch } from "../kit/errors";
import { emit } from "../kit/events";
import { find } from "../kit/lookup";
import { choice, group, integerFrom, listOf, optional, text, url } from "../kit/params";
import {
  buildPortalSession,
  type PortalConfiguration,
  type PortalSession,
  portalConfigurations,
  portalSessions,
} from "../objects/billing-portal";
import { customers } from "../objects/customer";
import { prices } from "../objects/price";
import { type Subscription, subscriptions } from "../objects/subscription";

const ofSubscription = group({ subscription: text });

const flowData = group({
  type: choice(
    "payment_method_update",
    "subscription_cancel",
    "subscription_update",
    "subscription_update_confirm",
  ),
  ...optional({
    after_completion: group({
      type: choice("hosted_confirmation", "portal_homepage", "redirect"),
      ...optional({
        hosted_confirmation: group(optional({ custom_message: text })),
        redirect: group({ return_url: url }),
      }),
    }),
    subscription_cancel: ofSubscription,
    subscription_update: ofSubscription,
    subscription_update_confirm: group({
      items: listOf(group({ id: text, ...optional({ price: text, quantity: integerFrom(0) }) }), 1),
      subscription: text,
      ...optional({
        discounts: listOf(group(optional({ coupon: text, promotion_code: text })), 1),
      }),
    }),
  }),
});

type FlowData = z.output<typeof flowData>;
type Flow = NonNullable<PortalSession["flow"]>;

function configurationFor(given: string | undefined): PortalConfiguration {
  if (given) {
    const configuration = find(portalConfigurations, given, "configuration");
    if (configuration.active) return configuration;
    throw invalid("The provided configuration is inactive.", { param: "configuration" });
  }
  const saved = portalConfigurations.where({ is_default: true, active: true })[0];
  if (saved) return saved;
  throw invalid(
    "No configuration provided and your test mode default configuration has not been created. Provide a configuration or create your default by saving your customer portal settings in test mode at https://dashboard.stripe.com/test/settings/billing/portal.",
  );
}

/** A link straight to one task of the portal. What the task needs, and only that, must come with it. */
function flowFrom(given: FlowData, customer: string, { features }: PortalConfiguration): Flow {
  const { type, after_completion: after } = given;
  const update = given.subscription_update_confirm;
  const feature = type === "subscription_update_confirm" ? "subscription_update" : type;
  if (!features[feature].enabled) {
    throw invalid(`This feature in the portal configuration is disabled: \`features[${feature}]\`.`, {
      param: "flow_data[type]",
    });
  }
  if (type !== "payment_method_update") {
    const details = given[type];
    if (!details) throw missing(`flow_data[${type}]`);
    const param = `flow_data[${type}]`;
    checkItems(ofCustomer(details.subscription, customer, `${param}[subscription]`), update?.items, param);
  }
  if (after?.type === "redirect" && !after.redirect) throw missing("flow_data[after_completion][redirect]");
  return {
    type,
    after_completion: {
      hosted_confirmation:
        after?.type === "hosted_confirmation"
          ? { custom_message: after.hosted_confirmation?.custom_message ?? null }
          : null,
      redirect: after?.redirect ?? null,
      type: after?.type ?? "portal_homepage",
    },
    customer_update: null,
    subscription_cancel: given.subscription_cancel ? { ...given.subscription_cancel, retention: null } : null,
    subscription_pause: null,
    subscription_update: given.subscription_update ?? null,
    subscription_update_confirm: update
      ? {
          subscription: update.subscription,
          items: update.items.map((item) => ({ ...item, price: item.price ?? null })),
          discounts:
            update.discounts?.map(({ coupon, promotion_code }) => ({
              coupon: coupon ?? null,
              promotion_code: promotion_code ?? null,
            })) ?? null,
        }
      : null,
  };
}

function ofCustomer(id: string, customer: string, param: string): Subscription {
  const subscription = subscriptions.get(id);
  if (subscription?.customer !== customer) throw noSuch("subscription", id, param);
  return subscription;
}

type Items = NonNullable<FlowData["subscription_update_confirm"]>["items"];

function checkItems({ items }: Subscription, given: Items | undefined, param: string): void {
  for (const [position, { id, price }] of (given ?? []).entries()) {
    const place = `${param}[items][${position}]`;
    if (!items.data.some((item) => item.id === id)) throw noSuch("subscription item", id, `${place}[id]`);
    if (price) find(prices, price, `${place}[price]`);
  }
}

export const billingPortalSessionResource: Resource = {
  routes: {
    "POST /v1/billing_portal/sessions": call(
      {
        customer: text,
        ...optional({ configuration: text, flow_data: flowData, locale: text, return_url: url }),
      },
      ({ configuration: wanted, customer, flow_data, locale, return_url }) => {
        const { id } = find(customers, customer, "customer");
        const configuration = configurationFor(wanted);
        const session = portalSessions.put(
          buildPortalSession({
            configuration: configuration.id,
            customer: id,
            flow: flow_data ? flowFrom(flow_data, id, configuration) : null,
            locale: (locale ?? null) as PortalSession["locale"],
            return_url: return_url ?? configuration.default_return_url,
          }),
        );
        emit("billing_portal.session.created", session);
        return session;
      },
    ),
  },
};
