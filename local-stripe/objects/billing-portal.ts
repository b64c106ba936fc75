import type Stripe from "stripe";
import { account } from "../kit/account";
import { now } from "../kit/clock";
import { newId, randomText } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type PortalSession = Wire<Stripe.BillingPortal.Session>;
export type PortalConfiguration = Wire<Stripe.BillingPortal.Configuration>;

export const portalSessions = new Table<PortalSession, "url">("billing_portal.session", "bps_", {
  url: (session) => session.url,
});
export const portalConfigurations = new Table<PortalConfiguration, "active" | "is_default">(
  "billing_portal.configuration",
  "bpc_",
  {
    active: (configuration) => configuration.active,
    is_default: (configuration) => configuration.is_default,
  },
);

export const portalUrl = (token: string) => `${account.origin}/p/session/${token}`;

export function buildPortalSession(
  given: Pick<PortalSession, "configuration" | "customer" | "return_url" | "locale">,
): PortalSession {
  return {
    id: newId("bps_1"),
    object: "billing_portal.session",
    created: now(),
    customer_account: null,
    flow: null,
    livemode: false,
    on_behalf_of: null,
    // The page's address carries a secret of its own, not the session's id.
    url: portalUrl(`test_${randomText(40)}`),
    ...given,
  };
}

export function buildPortalConfiguration(given: Partial<PortalConfiguration>): PortalConfiguration {
  const created = now();
  return {
    id: newId("bpc_1"),
    object: "billing_portal.configuration",
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created,
    default_return_url: null,
    features: {
      customer_update: { allowed_updates: [], enabled: false },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true, payment_method_configuration: null },
      subscription_cancel: {
        cancellation_reason: { enabled: false, feedback_options: null, options: [] },
        enabled: true,
        mode: "at_period_end",
        proration_behavior: "none",
      },
      subscription_pause: { duration: { interval_options: [], type: "indefinite" }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: false,
        proration_behavior: "none",
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: "end_trial",
      },
    },
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: created,
    ...given,
  };
}
