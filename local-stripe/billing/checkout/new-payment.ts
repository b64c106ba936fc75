import type { CheckoutSession } from "../../objects/checkout-session";
import type { Customer } from "../../objects/customer";
import { offeredTypes } from "./session-checks";
import type { Given } from "./session-params";

/** The session's share of how it will be paid. Adaptive pricing, and that of setups: recorded. */
export function paymentOf(
  given: Given,
  customer: Customer | null,
  currency: string | null,
): Partial<CheckoutSession> {
  const { mode, excluded_payment_method_types: excluded } = given;
  const types = offeredTypes(given, currency);
  return {
    adaptive_pricing: mode === "setup" ? null : { enabled: given.adaptive_pricing?.enabled ?? true },
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    automatic_tax: {
      enabled: given.automatic_tax?.enabled ?? false,
      liability: null,
      provider: null,
      status: null,
    },
    payment_method_collection: collectionOf(given),
    payment_method_options: methodOptions(given, types),
    payment_method_types: types,
    payment_status: mode === "setup" ? "no_payment_required" : "unpaid",
    saved_payment_method_options: savedOptions(given, customer),
    ...(excluded ? { excluded_payment_method_types: excluded } : {}),
  };
}

/** Recorded for payments and setups. */
function collectionOf({ mode, payment_method_collection }: Given) {
  if (mode === "payment") return "if_required";
  return payment_method_collection ?? "always";
}

function methodOptions(given: Given, types: readonly string[]): CheckoutSession["payment_method_options"] {
  const { card, us_bank_account: account } = given.payment_method_options ?? {};
  const { restrictions, ...others } = card ?? {};
  const blocked = restrictions?.brands_blocked;
  return {
    ...(types.includes("card")
      ? {
          card: {
            request_three_d_secure: "automatic",
            ...others,
            ...(blocked ? { restrictions: { brands_blocked: blocked } } : {}),
          },
        }
      : {}),
    ...(account && types.includes("us_bank_account") ? { us_bank_account: account } : {}),
  };
}

/** With a customer: recorded. */
function savedOptions(
  given: Given,
  customer: Customer | null,
): CheckoutSession["saved_payment_method_options"] {
  const asked = given.saved_payment_method_options;
  if (given.mode === "setup" || (!customer && !asked)) return null;
  return {
    allow_redisplay_filters: asked?.allow_redisplay_filters ?? ["always"],
    payment_method_remove: asked?.payment_method_remove ?? "disabled",
    payment_method_save: asked?.payment_method_save ?? null,
  };
}

export function invoiceCreation(enabled: boolean): CheckoutSession["invoice_creation"] {
  return {
    enabled,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: null,
      metadata: {},
      rendering_options: null,
    },
  };
}
