import Stripe from "stripe";
import { env } from "@/env";

/** The one version that code, stored payloads and the webhook endpoint speak. Raise it together with the SDK. */
export const STRIPE_API_VERSION = "2026-10-28.endive";

function elsewhere(origin: string) {
  const url = new URL(origin);
  const protocol = url.protocol === "http:" ? ("http" as const) : ("https" as const);
  return { host: url.hostname, port: url.port || (protocol === "http" ? 80 : 443), protocol };
}

export const stripe = new Stripe(env.STRIPE_API_KEY, {
  apiVersion: STRIPE_API_VERSION,
  appInfo: { name: "TitanForge" },
  maxNetworkRetries: 2,
  timeout: 10_000,
  telemetry: false,
  ...(env.STRIPE_API_URL && elsewhere(env.STRIPE_API_URL)),
});

export const isMissing = (error: unknown) =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === "resource_missing";

type Reference = string | { id: string };

/** Stripe's id of a reference that may or may not be expanded. */
export function idOf(reference: Reference): string;
export function idOf(reference: Reference | null | undefined): string | null;
export function idOf(reference: Reference | null | undefined): string | null {
  return typeof reference === "object" ? (reference?.id ?? null) : (reference ?? null);
}
