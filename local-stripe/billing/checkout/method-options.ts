import { type CheckoutSession, checkoutPlans } from "../../objects/checkout-session";
import type { PaymentIntent } from "../../objects/payment-intent";
import type { PaymentMethod } from "../../objects/payment-method";
import { optionsOfType } from "../payments/payment-methods";

/** The shop asked this of each means of payment (type: `Stripe.Checkout.Session.PaymentMethodOptions`). */
const optionsOf = ({ payment_method_options }: CheckoutSession) => payment_method_options ?? {};

export function asksToAuthenticate(session: CheckoutSession, { type }: PaymentMethod): boolean {
  const asked = optionsOf(session).card?.request_three_d_secure;
  return type === "card" && (asked === "any" || asked === "challenge");
}

/** By Stripe's names of the networks; Discover's takes cards of several brands. */
const NETWORKS: Readonly<Record<string, string>> = {
  amex: "american_express",
  diners: "discover_global_network",
  discover: "discover_global_network",
  jcb: "discover_global_network",
  unionpay: "discover_global_network",
};

export const BLOCKED = "Cards of this brand are not accepted here.";

export function isBlocked(session: CheckoutSession, brand: string | undefined): boolean {
  const blocked: readonly string[] = optionsOf(session).card?.restrictions?.brands_blocked ?? [];
  return brand !== undefined && blocked.includes(NETWORKS[brand] ?? brand);
}

/** True if the means of payment stays with the customer after a single payment. */
export function isKept(session: CheckoutSession, { type }: PaymentMethod): boolean {
  const own = optionsOfType(session.payment_method_options, type);
  const asked =
    own?.setup_future_usage ?? checkoutPlans.must(session.id).paymentIntentData.setup_future_usage;
  return asked !== null && asked !== undefined && asked !== "none";
}

/** The intent's share of these. */
export function intentOptions(session: CheckoutSession): PaymentIntent["payment_method_options"] {
  const options = optionsOf(session);
  const { request_three_d_secure = "automatic" } = options.card ?? {};
  const card = { installments: null, mandate_options: null, network: null, request_three_d_secure };
  return {
    card: { ...card, ...kept(options.card) },
    ...(options.us_bank_account ? { us_bank_account: kept(options.us_bank_account) } : {}),
  };
}

const kept = <T extends string>(own: { readonly setup_future_usage?: T } | undefined) =>
  own?.setup_future_usage ? { setup_future_usage: own.setup_future_usage } : {};
