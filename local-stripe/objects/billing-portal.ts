import type Stripe from "stripe";
import { account } from "../kit/account";
import { now } from "../kit/clock";
import { newId, randomText } from "../kit/ids";
import { onReload, Table } from "../kit/store";
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

/** A session's link works once; after that only for the browser that holds the secret. */
export const portalVisits = new Table<{ id: string; secret: string; seenAt: number }>("portal_visit", "");

export const portalUrl = (token: string) => `${account.origin}/p/session/${token}`;

type SessionGiven = Pick<PortalSession, "configuration" | "customer" | "return_url" | "locale" | "flow">;

export function buildPortalSession(given: SessionGiven): PortalSession {
  return {
    id: newId("bps_1"),
    object: "billing_portal.session",
    created: now(),
    customer_account: null,
    livemode: false,
    on_behalf_of: null,
    // The page's address carries a secret of its own, not the session's id.
    url: portalUrl(`test_${randomText(40)}`),
    ...given,
  };
}

type Features = PortalConfiguration["features"];

/** A new configuration offers nothing but what its creator switches on. */
export const noFeatures: Features = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: { enabled: false, feedback_options: null, options: [] },
    enabled: false,
    mode: "at_period_end",
    proration_behavior: "none",
  },
  subscription_pause: { duration: { interval_options: [], type: "indefinite" }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: [],
    proration_behavior: "none",
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: "end_trial",
  },
};

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
    features: noFeatures,
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: created,
    ...given,
  };
}

const CANCELLATION_REASONS = [
  "too_expensive",
  "missing_features",
  "switched_service",
  "unused",
  "customer_service",
  "too_complex",
  "low_quality",
  "other",
] as const;

/**
 * As if the owner had switched everything on in the Dashboard and saved once. It names no products and
 * offers whatever the catalog sells; made inactive, it is as if nothing had been saved.
 */
function ensureDefaultConfiguration(): void {
  if (portalConfigurations.where({ is_default: true }).length > 0) return;
  portalConfigurations.put(
    buildPortalConfiguration({
      is_default: true,
      features: {
        ...noFeatures,
        customer_update: { allowed_updates: ["email", "name", "address", "phone"], enabled: true },
        invoice_history: { enabled: true },
        payment_method_update: { ...noFeatures.payment_method_update, enabled: true },
        subscription_cancel: {
          ...noFeatures.subscription_cancel,
          cancellation_reason: { enabled: true, feedback_options: null, options: CANCELLATION_REASONS },
          enabled: true,
        },
        subscription_update: {
          ...noFeatures.subscription_update,
          default_allowed_updates: ["price", "promotion_code"],
          enabled: true,
        },
      },
    }),
  );
}

ensureDefaultConfiguration();
onReload(ensureDefaultConfiguration);
