import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type TaxRegistration = Wire<Stripe.Tax.Registration>;

export const taxRegistrations = new Table<TaxRegistration, "country">("tax.registration", "taxreg_", {
  country: (registration) => registration.country,
});

/** It is as its dates say at this moment (type: the comment of `Stripe.Tax.Registration.status`). */
export function withStatus(registration: TaxRegistration): TaxRegistration {
  const { active_from, expires_at } = registration;
  if (expires_at !== null && expires_at <= now()) return { ...registration, status: "expired" };
  return { ...registration, status: active_from <= now() ? "active" : "scheduled" };
}

export const buildTaxRegistration = (
  given: Pick<TaxRegistration, "active_from" | "country" | "country_options" | "expires_at">,
): TaxRegistration => ({
  id: newId("taxreg_", 14),
  object: "tax.registration",
  created: now(),
  livemode: false,
  status: "active",
  ...given,
});
