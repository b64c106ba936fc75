import { html } from "hono/html";
import { cadence, costText, productName } from "../../billing/catalog/names";
import { amountOf } from "../../billing/money/amounts";
import { currentPeriodEnd } from "../../billing/time/subscription-periods";
import type { Markup } from "../../hosted/layout";
import { type Charge, charges } from "../../objects/charge";
import { type Customer, customers } from "../../objects/customer";
import type { Invoice } from "../../objects/invoice";
import type { PaymentIntent } from "../../objects/payment-intent";
import { isMetered } from "../../objects/price";
import { billedPrice, type Subscription, type SubscriptionItem } from "../../objects/subscription";
import type { SubscriptionSchedule } from "../../objects/subscription-schedule";
import { badge, type Content, date, money, time } from "./elements";
import { link } from "./links";
import { table } from "./table";

export const customerName = ({ name, email, id }: Customer): string => name || email || id;

/** A customer by name, who may have been deleted. */
export const customerLink = (id: string | null) => {
  const customer = customers.get(id ?? "");
  return link(id, customer && customerName(customer));
};

const whatFor = ({ items }: Subscription) =>
  items.data.map(({ price, quantity }) => {
    const many = (quantity ?? 1) > 1 ? ` × ${quantity}` : "";
    return `${productName(price)}${many}`;
  });

/** Says in words what is subscribed to. */
export const named = (subscription: Subscription) => whatFor(subscription).join(", ");

export const subscriptionsTable = (caption: string, rows: readonly Subscription[], empty: Content): Markup =>
  table(
    caption,
    [
      { label: "Subscription", cell: (one: Subscription) => link(one.id, named(one)) },
      { label: "Customer", cell: ({ customer }) => customerLink(customer) },
      { label: "Status", cell: ({ status }) => badge(status) },
      { label: "Comes next (UTC)", cell: nextDate },
      { label: "Price", cell: (one) => one.items.data.map(perPeriod(one)), figures: true },
    ],
    rows,
    empty,
  );

export const schedulesTable = (caption: string, rows: readonly SubscriptionSchedule[]): Markup =>
  table(
    caption,
    [
      { label: "Schedule", cell: ({ id }: SubscriptionSchedule) => link(id) },
      { label: "Customer", cell: ({ customer }) => customerLink(customer) },
      { label: "Status", cell: ({ status }) => badge(status) },
      { label: "Phases", cell: ({ phases }) => phases.length, figures: true },
      { label: "Begins (UTC)", cell: ({ phases }) => time(phases[0]?.start_date) },
      { label: "Ends (UTC)", cell: ({ phases }) => time(phases.at(-1)?.end_date) },
    ],
    rows,
    "None.",
  );

export const perPeriod = (subscription: Subscription) => (item: SubscriptionItem) => {
  const price = billedPrice(subscription, item);
  const cost = isMetered(price)
    ? `${costText(price)} each`
    : money(amountOf(price, item.quantity ?? 1), price.currency);
  return html`<div>${cost} <small>/ ${cadence(price)}</small></div>`;
};

function nextDate(subscription: Subscription): Content {
  const { status, ended_at, cancel_at } = subscription;
  if (ended_at) return html`ended ${date(ended_at)}`;
  if (cancel_at) return html`ends ${date(cancel_at)}`;
  const word = status === "trialing" ? "trial ends" : "renews";
  return html`${word} ${date(currentPeriodEnd(subscription))}`;
}

export const invoicesTable = (caption: string, rows: readonly Invoice[], empty: Content): Markup =>
  table(
    caption,
    [
      { label: "Invoice", cell: ({ id, number }: Invoice) => link(id, number) },
      { label: "Status", cell: ({ status }) => badge(status) },
      { label: "Reason", cell: ({ billing_reason }) => billing_reason?.replaceAll("_", " ") ?? "–" },
      { label: "Customer", cell: ({ customer }) => customerLink(customer) },
      { label: "Created (UTC)", cell: ({ created }) => time(created) },
      { label: "Total", cell: ({ total, currency }) => money(total, currency), figures: true },
    ],
    rows,
    empty,
  );

/** Says what became of the money, which an intent that has succeeded does not tell. */
export function paymentState(intent: PaymentIntent): Content {
  const charge = charges.get(intent.latest_charge ?? "");
  const words = charge && intent.status === "succeeded" ? afterwards(charge) : undefined;
  if (words) return words;
  const failed = intent.last_payment_error && intent.status === "requires_payment_method";
  return failed ? badge("failed") : badge(intent.status);
}

function afterwards({ disputed, refunded, amount_refunded }: Charge): Content | undefined {
  if (disputed) return badge("disputed");
  if (refunded) return badge("refunded");
  return amount_refunded > 0 ? badge("open", "partly refunded") : undefined;
}

export const paymentsTable = (caption: string, rows: readonly PaymentIntent[], empty: Content): Markup =>
  table(
    caption,
    [
      { label: "Payment", cell: ({ id, description }: PaymentIntent) => link(id, description) },
      { label: "Status", cell: paymentState },
      { label: "Customer", cell: ({ customer }) => customerLink(customer) },
      { label: "Time (UTC)", cell: ({ created }) => time(created) },
      { label: "Amount", cell: ({ amount, currency }) => money(amount, currency), figures: true },
    ],
    rows,
    empty,
  );
