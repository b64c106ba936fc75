import Stripe from "stripe";
import { listProducts, type Product } from "../../db/queries/products";
import type { User } from "../../db/queries/users";
import { ensureCustomer } from "../../lib/billing/checkout/customer";
import { getCheckoutResult } from "../../lib/billing/checkout/result";
import { CheckoutError, createCheckoutSession } from "../../lib/billing/checkout/session";
import { idOf, stripe } from "../../lib/billing/stripe";
import { someUser } from "../../test/support/rows";

/** The events of a customer's life, each in the way it happens: by checkout, by the API, by the bank. */
export const STEPS = [
  "subscribe",
  "buy once",
  "see the success page",
  "swap the plan",
  "add an item",
  "drop the last item",
  "take more or fewer of it",
  "pause or go on",
  "get a discount",
  "cancel at the period's end",
  "undo the cancellation",
  "cancel now",
  "refund all",
  "refund a part",
  "dispute",
  "take a card that fails",
  "take a card that pays",
] as const;
export type Step = (typeof STEPS)[number];

const PLANS = ["aiaas_starter_monthly", "aiaas_pro_monthly"] as const;

/** One customer, played against Stripe. What Stripe refuses, because it makes no sense just then, does not happen. */
export class Life {
  /** Stripe's ids by which its events are known as this customer's. */
  readonly ids = new Set<string>();
  #session = "";
  #plan = 0;

  private constructor(
    readonly user: User,
    private readonly control: (action: string, input: Record<string, string>) => Promise<unknown>,
  ) {}

  static async begin(control: Life["control"]): Promise<Life> {
    const user = await someUser({ stripeCustomerId: null });
    const stripeCustomerId = await ensureCustomer(user);
    const life = new Life({ ...user, stripeCustomerId }, control);
    life.ids.add(stripeCustomerId);
    return life;
  }

  get customer() {
    return this.user.stripeCustomerId ?? "";
  }

  /** Every id of Stripe's that belongs to this life. */
  async objects(): Promise<string[]> {
    const { customer } = this;
    const [subscriptions, invoices, charges, sessions] = await Promise.all([
      stripe.subscriptions.list({ customer, status: "all", limit: 100 }),
      stripe.invoices.list({ customer, limit: 100 }),
      stripe.charges.list({ customer, limit: 100 }),
      stripe.checkout.sessions.list({ customer, limit: 100 }),
    ]);
    const refunds = await Promise.all(charges.data.map(({ id }) => stripe.refunds.list({ charge: id })));
    const lists = [subscriptions, invoices, charges, sessions, ...refunds];
    return [this.user.id, ...this.ids, ...lists.flatMap(({ data }) => data.map(({ id }) => id))];
  }

  async play(step: Step): Promise<void> {
    try {
      await this.#actions[step]();
    } catch (error) {
      const isRefused =
        error instanceof CheckoutError ||
        error instanceof Stripe.errors.StripeInvalidRequestError ||
        error instanceof Stripe.errors.StripeCardError;
      if (!isRefused) throw error;
    }
  }

  readonly #actions: Record<Step, () => Promise<unknown>> = {
    subscribe: () => this.#buy(PLANS[0]),
    "buy once": () => this.#buy("micro_feature_once"),
    "see the success page": async () => this.#session && getCheckoutResult(this.user, this.#session),
    "swap the plan": () =>
      this.#changed(async ({ id, items }) => {
        this.#plan = 1 - this.#plan;
        const price = (await plan(PLANS[this.#plan] ?? "")).stripePriceId;
        await stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id, price }] });
      }),
    "add an item": () =>
      this.#changed(async ({ id }) => {
        const price = (await plan(PLANS[1 - this.#plan] ?? "")).stripePriceId;
        await stripe.subscriptionItems.create({ subscription: id, price, quantity: 2 });
      }),
    "drop the last item": () =>
      this.#changed(async ({ items }) => {
        const last = items.data.at(-1);
        if (last && items.data.length > 1) await stripe.subscriptionItems.del(last.id);
      }),
    "take more or fewer of it": () =>
      this.#changed(async ({ id, items: { data } }) => {
        const quantity = data[0]?.quantity === 1 ? 3 : 1;
        await stripe.subscriptions.update(id, { items: [{ id: data[0]?.id, quantity }] });
      }),
    "pause or go on": () =>
      this.#changed(({ id, pause_collection }) =>
        stripe.subscriptions.update(id, { pause_collection: pause_collection ? "" : { behavior: "void" } }),
      ),
    "get a discount": () =>
      this.#changed(async ({ id }) => {
        const coupon = await stripe.coupons.create({
          percent_off: 20,
          duration: "repeating",
          duration_in_months: 2,
        });
        await stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] });
      }),
    "cancel at the period's end": () =>
      this.#changed(({ id }) => stripe.subscriptions.update(id, { cancel_at_period_end: true })),
    "undo the cancellation": () =>
      this.#changed(({ id }) => stripe.subscriptions.update(id, { cancel_at_period_end: false })),
    "cancel now": () => this.#changed(({ id }) => stripe.subscriptions.cancel(id)),
    "refund all": () => this.#charged(({ id }) => stripe.refunds.create({ charge: id })),
    "refund a part": () => this.#charged(({ id }) => stripe.refunds.create({ charge: id, amount: 700 })),
    dispute: () =>
      this.#charged(({ id, disputed }) =>
        disputed ? Promise.resolve() : this.control("dispute", { charge: id }),
      ),
    "take a card that fails": () => this.#payWith("pm_card_chargeCustomerFail"),
    "take a card that pays": () => this.#payWith("pm_card_visa"),
  };

  async #buy(lookupKey: string) {
    const { id: productId } = await plan(lookupKey);
    const { id } = await createCheckoutSession(this.user, { productId });
    this.#session = id;
    await stripe.rawRequest("POST", `/v1/payment_pages/${id}/confirm`, { payment_method: "pm_card_visa" });
  }

  async #changed(change: (subscription: Stripe.Subscription) => Promise<unknown>) {
    const { data } = await stripe.subscriptions.list({ customer: this.customer, limit: 1 });
    if (data[0]) await change(data[0]);
  }

  async #charged(change: (charge: Stripe.Charge) => Promise<unknown>) {
    const { data } = await stripe.charges.list({ customer: this.customer, limit: 10 });
    const charge = data.find(({ status, refunded }) => status === "succeeded" && !refunded);
    if (!charge) return;
    // Refunds and disputes name no customer.
    this.ids.add(idOf(charge.payment_intent) ?? charge.id);
    await change(charge);
  }

  async #payWith(card: string) {
    const { id } = await stripe.paymentMethods.attach(card, { customer: this.customer });
    await stripe.customers.update(this.customer, { invoice_settings: { default_payment_method: id } });
    await this.#changed((subscription) =>
      stripe.subscriptions.update(subscription.id, { default_payment_method: id }),
    );
  }
}

let products: Map<string | null, Product> | null = null;

/** A catalog that was made anew has other ids. */
export const forgetPlans = () => {
  products = null;
};

async function plan(lookupKey: string): Promise<Product> {
  products ??= new Map((await listProducts()).map((product) => [product.lookupKey, product]));
  const product = products.get(lookupKey);
  if (!product) throw new Error(`The catalog has no ${lookupKey}.`);
  return product;
}
