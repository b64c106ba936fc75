import { html } from "hono/html";
import { needsCard } from "../billing/checkout";
import { trialEnd } from "../billing/checkout-completion";
import { cadence } from "../billing/invoices";
import { formatAmount } from "../billing/money";
import { type CheckoutSession, checkoutPlans, type LineItem } from "../objects/checkout-session";
import { cardFields, field, testCards } from "./card-fields";
import type { Mistakes, Values } from "./card-form";
import { type Markup, page } from "./layout";

interface Shown {
  readonly values: Values;
  readonly mistakes: Mistakes;
  /** What the bank said. */
  readonly refusal?: string;
}

export function checkoutView(session: CheckoutSession, shown: Shown): Promise<Response> {
  const { lineItems } = checkoutPlans.must(session.id);
  const title = titleOf(session, lineItems);
  const content = html`<div class="checkout">
    <section class="summary" aria-labelledby="title">
      ${session.cancel_url ? html`<a class="back" href="${session.cancel_url}">← Back</a>` : ""}
      <h1 id="title">${title}</h1>
      ${summary(session, lineItems)}
    </section>
    <section class="payment" aria-labelledby="payment">
      <h2 id="payment">${needsCard(session) ? "Payment details" : "Your details"}</h2>
      ${form(session, shown)}
      ${needsCard(session) ? testCards : ""}
    </section>
  </div>`;
  return page(`${title} · Local Stripe Checkout`, content);
}

function form(session: CheckoutSession, { values, mistakes, refusal }: Shown): Markup {
  const known = session.customer_details?.email;
  const email = { name: "email", label: "Email", autocomplete: "email", readonly: Boolean(known) };
  const wrong =
    refusal ?? (Object.keys(mistakes).length > 0 ? "Please correct the fields marked below." : "");
  return html`<form method="post" action="/c/pay/${session.id}" novalidate>
    ${wrong ? html`<p class="alert" role="alert">${wrong}</p>` : ""}
    ${field(email, known ? { email: known } : values, mistakes)}
    ${needsCard(session) ? cardFields(values, mistakes) : ""}
    <button type="submit">${submitLabel(session)}</button>
  </form>`;
}

function submitLabel(session: CheckoutSession): string {
  if (session.mode === "setup") return "Save card";
  if (session.mode === "payment") return "Pay";
  return trialEnd(session.id) === null ? "Subscribe" : "Start trial";
}

function titleOf(session: CheckoutSession, lineItems: readonly LineItem[]): string {
  const [first] = lineItems;
  if (session.mode === "setup" || !first) return "Save a payment method";
  const name = lineItems.length === 1 ? first.description : `${lineItems.length} items`;
  if (session.mode === "payment") return `Pay for ${name}`;
  return trialEnd(session.id) === null ? `Subscribe to ${name}` : `Try ${name}`;
}

function summary(session: CheckoutSession, lineItems: readonly LineItem[]): Markup | string {
  const { currency } = session;
  if (!currency) return "";
  const today = formatAmount(session.amount_total ?? 0, currency);
  const end = trialEnd(session.id);
  return html`<p class="amount">${today}</p>
    <p class="cadence">${end === null ? whenCharged(lineItems) : trialText(lineItems, end, currency)}</p>
    <dl class="lines">
      ${lineItems.map((item) => line(item, end !== null && Boolean(item.price?.recurring)))}
      <div class="total"><dt>Total due today</dt><dd>${today}</dd></div>
    </dl>`;
}

function line(item: LineItem, free: boolean): Markup {
  const price = item.price && formatAmount(item.amount_subtotal, item.currency);
  const each = item.price?.recurring ? `Billed every ${cadence(item.price).replace(/^every /, "")}` : "";
  const quantity = (item.quantity ?? 1) > 1 ? `Quantity ${item.quantity}` : "";
  return html`<div>
    <dt>${item.description} <small>${[quantity, each].filter(Boolean).join(" · ")}</small></dt>
    <dd>${free ? `Free, then ${price}` : price}</dd>
  </div>`;
}

function whenCharged(lineItems: readonly LineItem[]): string {
  const recurring = lineItems.find((item) => item.price?.recurring)?.price;
  return recurring ? `every ${cadence(recurring).replace(/^every /, "")}, until you cancel` : "charged once";
}

function trialText(lineItems: readonly LineItem[], end: number, currency: string): string {
  const recurring = lineItems.filter((item) => item.price?.recurring);
  const later = formatAmount(
    recurring.reduce((sum, item) => sum + item.amount_total, 0),
    currency,
  );
  const price = recurring[0]?.price;
  const date = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" }).format(end * 1000);
  return `Free until ${date}, then ${later} per ${price ? cadence(price) : "period"}`;
}
