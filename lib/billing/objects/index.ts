import type Stripe from "stripe";
import { idOf, isMissing, stripe } from "../stripe";
import { type ChangedObject, changesRows } from "./handled-events";

/** The objects of Stripe that our rows copy, and how each is read. */

export type ObjectKind =
  | "checkout_session"
  | "customer"
  | "dispute"
  | "invoice"
  | "plan"
  | "refund"
  | "subscription";

export interface ObjectRef {
  kind: ObjectKind;
  id: string;
}

/** A product with all of its prices: one thing to us, two to Stripe. */
export interface Plan {
  object: "plan";
  id: string;
  product: Stripe.Product;
  prices: Stripe.Price[];
}

export type StripeObject =
  | Plan
  | Stripe.Checkout.Session
  | Stripe.Customer
  | Stripe.DeletedCustomer
  | Stripe.Dispute
  | Stripe.Invoice
  | Stripe.Refund
  | Stripe.Subscription;

const KINDS: Record<ChangedObject, ObjectKind> & Record<string, ObjectKind | undefined> = {
  "checkout.session": "checkout_session",
  customer: "customer",
  dispute: "dispute",
  invoice: "invoice",
  price: "plan",
  product: "plan",
  refund: "refund",
  subscription: "subscription",
};

/** Which object of ours an event changes; null for an event that changes none. */
export function objectOf({ type, data: { object } }: Stripe.Event): ObjectRef | null {
  const kind = KINDS[object.object];
  if (!kind || !changesRows(type)) return null;
  const id = object.object === "price" ? idOf(object.product) : "id" in object && object.id;
  return id ? { kind, id } : null;
}

export interface Answer {
  /** Null: Stripe does not know it. */
  object: StripeObject | null;
  /** The answer's `Date` header: Stripe's clock. */
  answeredAt: Date | null;
  tookMs: number;
  /** What the row's `rev` was before Stripe was asked, where it is known; null: there was no row. */
  rev?: number | null;
}

/** Reads the object as it is now. Never with Stripe's search, which runs a minute behind. */
export async function readObject({ kind, id }: ObjectRef): Promise<Answer> {
  // The wall clock may be set back meanwhile, and then the reading would count as newer than it is.
  const startedAt = performance.now();
  const answer = await withFreeSlot(() => READERS[kind](id)).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  const date = answer?.lastResponse.headers.date;
  return {
    object: answer?.object ?? null,
    answeredAt: date ? new Date(date) : null,
    tookMs: performance.now() - startedAt,
  };
}

type Response = Pick<Stripe.Response<object>, "lastResponse">;

/** Whoever waits for an answer holds a webhook open; Stripe's own retry is the better one. */
const OPTIONS = { timeout: 3_000, maxNetworkRetries: 0 };

const answered = <T extends StripeObject>(
  object: Stripe.Response<T>,
): Response & { object: StripeObject } => ({
  object,
  lastResponse: object.lastResponse,
});

const READERS: Record<ObjectKind, (id: string) => Promise<Response & { object: StripeObject }>> = {
  checkout_session: async (id) => answered(await stripe.checkout.sessions.retrieve(id, EXPANDED, OPTIONS)),
  customer: async (id) => answered(await stripe.customers.retrieve(id, {}, OPTIONS)),
  dispute: async (id) => answered(await stripe.disputes.retrieve(id, {}, OPTIONS)),
  invoice: async (id) => answered(await stripe.invoices.retrieve(id, {}, OPTIONS)),
  plan: readPlan,
  refund: async (id) => answered(await stripe.refunds.retrieve(id, {}, OPTIONS)),
  subscription: async (id) => answered(await stripe.subscriptions.retrieve(id, {}, OPTIONS)),
};

/** What a session has led to is wanted with it; it also dates the purchase, which the session does not. */
const EXPANDED = { expand: ["subscription", "invoice", "payment_intent"] };

/** The prices are read after the product and dated by their answer; `rev` guards what happens between the two. */
async function readPlan(id: string) {
  const product = await stripe.products.retrieve(id, {}, OPTIONS);
  const prices: Stripe.Price[] = [];
  for await (const price of stripe.prices.list({ product: id, limit: 100 }, OPTIONS)) prices.push(price);
  return { object: { object: "plan" as const, id, product, prices }, lastResponse: product.lastResponse };
}

const MAX_READS = 4;
let reading = 0;
const waiting: (() => void)[] = [];

/** A burst of unsure events must not use up the account's rate limit, which checkout needs too. */
async function withFreeSlot<T>(read: () => Promise<T>): Promise<T> {
  if (reading >= MAX_READS) await new Promise<void>((resolve) => waiting.push(resolve));
  else reading++;
  try {
    return await read();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else reading--;
  }
}
