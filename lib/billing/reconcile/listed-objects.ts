import type Stripe from "stripe";
import type { Pace } from "@/lib/background/patience";
import type { Answer, ObjectKind, StripeObject } from "../objects";
import { idOf, stripe } from "../stripe";
import { type List, type Page, pagesOf } from "./pages";

/** Every kind of object that our rows copy, as Stripe lists it. Stripe hides the objects of test clocks. */

/** Customers first: whether the account is the right one shows there soonest. */
export const LISTED_KINDS = [
  "customer",
  "plan",
  "subscription",
  "invoice",
  "refund",
  "dispute",
  "checkout_session",
] as const satisfies readonly ObjectKind[];
export type ListedKind = (typeof LISTED_KINDS)[number];

export type ListedPage = Omit<Page<StripeObject>, "objects"> & {
  objects: (StripeObject & { id: string })[];
  /** How many calls it took. */
  calls: number;
};

type Listable = Exclude<StripeObject, { object: "plan" }>;

const LISTS: Record<Exclude<ListedKind, "plan">, List<Listable>> = {
  checkout_session: (params, options) =>
    stripe.checkout.sessions.list(
      { ...params, expand: ["data.subscription", "data.payment_intent"] },
      options,
    ),
  customer: (params, options) => stripe.customers.list(params, options),
  dispute: (params, options) => stripe.disputes.list(params, options),
  invoice: (params, options) => stripe.invoices.list(params, options),
  refund: (params, options) => stripe.refunds.list(params, options),
  // Without `all` the canceled ones are left out.
  subscription: (params, options) => stripe.subscriptions.list({ ...params, status: "all" }, options),
};

export async function* listObjects(
  kind: ListedKind,
  pace: Pace,
  after: string | null = null,
): AsyncGenerator<ListedPage> {
  if (kind === "plan") return yield await listPlans(pace);
  for await (const page of pagesOf(LISTS[kind], pace, after)) yield { ...page, calls: 1 };
}

/** A plan is two objects to Stripe, so both lists are read whole; a catalog is small. */
async function listPlans(pace: Pace): Promise<ListedPage> {
  const startedAt = Date.now();
  const products = await whole<Stripe.Product>(
    (params, options) => stripe.products.list(params, options),
    pace,
  );
  const prices = await whole<Stripe.Price>((params, options) => stripe.prices.list(params, options), pace);
  return {
    objects: products.objects.map((product) => ({
      object: "plan" as const,
      id: product.id,
      product,
      prices: prices.objects.filter((price) => idOf(price.product) === product.id),
    })),
    answeredAt: prices.answeredAt,
    tookMs: Date.now() - startedAt,
    calls: products.calls + prices.calls,
  };
}

async function whole<T extends { id: string }>(list: List<T>, pace: Pace) {
  const all = { objects: [] as T[], answeredAt: null as Date | null, calls: 0 };
  for await (const { objects, answeredAt } of pagesOf(list, pace)) {
    all.objects.push(...objects);
    all.answeredAt = answeredAt;
    all.calls++;
  }
  return all;
}

/** What a list says of one object, as if it had been read by itself. */
export const answerOf = (
  object: StripeObject,
  { answeredAt, tookMs }: ListedPage,
  rev: number | null,
): Answer => ({ object, answeredAt, tookMs, rev });
