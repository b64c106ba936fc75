import type { Plain } from "../kit/diff";
import type { Form } from "../kit/form";
import { discounts } from "../objects/discount";
import { invoicePayments } from "../objects/invoice-payment";
import { invoiceBeforeBasil, invoiceItemBeforeBasil, lineBeforeBasil } from "./basil-invoice";
import { type VersionChange, without } from "./change";

/**
 * Before it, a subscription had the period of its items, an invoice its payment, its subscription and its tax, and what
 * was paid named its invoice; a subscription took one coupon (stripe-node's changelog, 18.0.0, and
 * https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-singular-coupon-promotion-code).
 */
export const basil: VersionChange = {
  release: "2025-03-31.basil",
  request({ method, path }, form) {
    if (method !== "POST") return form;
    if (/^\/v1\/(subscriptions(\/[^/]+)?|invoices\/create_preview)$/.test(path)) return withDiscounts(form);
    return path.startsWith("/v1/invoiceitems") ? withPricing(form) : form;
  },
  // A customer's own (stripe-node's changelog, 18.0.0).
  dropped: ({ method, path }) =>
    method === "POST" && /^\/v1\/customers(\/[^/]+)?$/.test(path) ? ["coupon", "promotion_code"] : [],
  answers: {
    subscription: subscriptionBeforeBasil,
    subscription_item: ({ current_period_start: _, current_period_end: __, ...item }) => item,
    invoice: invoiceBeforeBasil,
    line_item: lineBeforeBasil,
    invoiceitem: invoiceItemBeforeBasil,
    payment_intent: (intent) => ({ ...intent, invoice: invoiceOf(intent.id) }),
    charge: (charge) => ({ ...charge, invoice: invoiceOf(charge.payment_intent) }),
    "checkout.session": (session) => ({ ...session, shipping_details: shippingOf(session) }),
  },
};

/** A code before a coupon, as Stripe had them exclude each other. */
function withDiscounts(form: Form): Form {
  const { coupon, promotion_code } = form;
  if (coupon === undefined && promotion_code === undefined) return form;
  const rest = without(form, "coupon", "promotion_code");
  if ((promotion_code ?? coupon) === "") return { ...rest, discounts: "" };
  return { ...rest, discounts: { 0: promotion_code === undefined ? { coupon } : { promotion_code } } };
}

function withPricing(form: Form): Form {
  const priced = form.price === undefined ? {} : { pricing: { price: form.price } };
  const amount = form.unit_amount === undefined ? {} : { unit_amount_decimal: form.unit_amount };
  return { ...without(form, "price", "unit_amount"), ...priced, ...amount };
}

function subscriptionBeforeBasil(subscription: Plain): Plain {
  const [item] = (subscription.items as { data?: Plain[] } | undefined)?.data ?? [];
  const [discount] = (subscription.discounts as (string | Plain)[] | undefined) ?? [];
  return {
    ...subscription,
    current_period_start: item?.current_period_start ?? null,
    current_period_end: item?.current_period_end ?? null,
    discount: typeof discount === "string" ? (discounts.get(discount) ?? null) : (discount ?? null),
  };
}

const invoiceOf = (intent: unknown): string | null =>
  invoicePayments.where({ payment_intent: String(intent) })[0]?.invoice ?? null;

const shippingOf = ({ collected_information }: Plain): unknown =>
  (collected_information as Plain | null)?.shipping_details ?? null;
