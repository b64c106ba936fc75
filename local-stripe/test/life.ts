import type Stripe from "stripe";
import { advanceTo, advanceWallTo, at, type Clock, customerAt, customerOnWall, DAY_SECONDS } from "./clock";
import type { Local } from "./harness";
import { monthlyPrice } from "./shop";

/** A subscription on a test clock of its own or on the wall clock, and what is asked about its life. */
export class Life {
  private constructor(
    readonly local: Local,
    /** The test clock; null on the wall clock. */
    readonly clock: string | null,
    readonly customer: string,
    readonly id: string,
    /** The clock stands here. */
    public time: number,
    /** The end of its first period. */
    readonly renewal: number,
  ) {}

  static async begin(
    local: Local,
    {
      time = at("2026-01-15T12:00:00"),
      card = "pm_card_visa" as string | null,
      on = "a test clock",
      price,
      more = {},
    }: {
      time?: number;
      on?: Clock;
      card?: string | null;
      price?: string;
      more?: Partial<Stripe.SubscriptionCreateParams>;
    } = {},
  ): Promise<Life> {
    const owner = on === "a test clock" ? customerAt : customerOnWall;
    const { clock, customer } = await owner(local, time, card);
    const item = { price: price ?? (await monthlyPrice(local)).id };
    const { id, items } = await local.stripe.subscriptions.create({ customer, items: [item], ...more });
    const renewal = items.data[0]?.current_period_end as number;
    return new Life(local, clock, customer, id, time, renewal);
  }

  async to(...times: number[]): Promise<void> {
    if (this.clock) await advanceTo(this.local, this.clock, ...times);
    else for (const time of times) await advanceWallTo(this.local, time);
    this.time = times.at(-1) ?? this.time;
  }

  /** So many days on, in steps that a clock may take. */
  async days(days: number): Promise<void> {
    const steps = Array.from({ length: Math.ceil(days / 28) }, (_, step) => Math.min((step + 1) * 28, days));
    const begin = this.time;
    await this.to(...steps.map((step) => begin + step * DAY_SECONDS));
  }

  subscription(): Promise<Stripe.Subscription> {
    return this.local.stripe.subscriptions.retrieve(this.id);
  }

  item = async (): Promise<Stripe.SubscriptionItem> =>
    (await this.subscription()).items.data[0] as Stripe.SubscriptionItem;

  /** Oldest first. */
  async invoices(): Promise<Stripe.Invoice[]> {
    const list = await this.local.stripe.invoices.list({ subscription: this.id, limit: 100 });
    return list.data.reverse();
  }

  async lastInvoice(): Promise<Stripe.Invoice> {
    return (await this.invoices()).at(-1) as Stripe.Invoice;
  }

  /** Gives the customer another card, for the payments to come. */
  async switchCard(card: string): Promise<void> {
    const method = await this.local.stripe.paymentMethods.attach(card, { customer: this.customer });
    await this.local.stripe.customers.update(this.customer, {
      invoice_settings: { default_payment_method: method.id },
    });
  }

  /** The events that `work` brings about: each one's type with its seconds since the first. */
  async during(work: () => Promise<unknown>): Promise<[string, number][]> {
    return (await this.events(work)).map(({ type, created }, _, [first]) => [
      type,
      created - (first?.created ?? 0),
    ]);
  }

  async events(work: () => Promise<unknown>): Promise<Stripe.Event[]> {
    const before = new Set((await allEvents(this.local)).map(({ id }) => id));
    await work();
    return (await allEvents(this.local)).filter(
      ({ id, type }) => !before.has(id) && !type.startsWith("test_helpers."),
    );
  }
}

/** In the order in which they happened. */
export async function allEvents(local: Local): Promise<Stripe.Event[]> {
  const events = await local.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  return events.reverse();
}
