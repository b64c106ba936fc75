import { html } from "hono/html";
import { creditsOf } from "../../billing/credits/application";
import { isProcessing } from "../../billing/invoices/invoice-payments";
import { formatAmount } from "../../billing/money/amounts";
import { taxLabel } from "../../billing/tax/tax-words";
import { account } from "../../kit/account";
import type { Invoice } from "../../objects/invoice";
import { cardFields, testCards } from "../card-fields";
import type { Mistakes, Values } from "../card-form";
import { day } from "../format";
import { type Markup, page } from "../layout";

interface Shown {
  readonly values: Values;
  readonly mistakes: Mistakes;
  /** The bank's words. */
  readonly refusal?: string;
}

export function invoiceView(invoice: Invoice, shown: Shown): Promise<Response> {
  const money = (amount: number) => formatAmount(amount, invoice.currency);
  const facts = [
    ["Invoice number", invoice.number],
    ["Date of issue", day(invoice.effective_at ?? invoice.created)],
    ["Billed to", [invoice.customer_name, invoice.customer_email].filter(Boolean).join(", ")],
    ...taxFacts(invoice),
    ["From", account.name],
  ];
  return page(
    `Invoice ${invoice.number} · ${account.name}`,
    html`<div class="sheet">
      <p class="shop">${account.name}</p>
      <h1>${headline(invoice, money)}</h1>
      <section class="panel" aria-label="Invoice">
        <dl class="facts">
          ${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
        </dl>
        <dl class="lines">
          ${invoice.lines.data.map(
            (line) => html`<div>
              <dt>${line.description} <small>${day(line.period.start)} – ${day(line.period.end)}</small></dt>
              <dd>${money(line.amount)}</dd>
            </div>`,
          )}
          ${sums(invoice).map(
            ([label, amount]) => html`<div class="total"><dt>${label}</dt><dd>${money(amount)}</dd></div>`,
          )}
        </dl>
        <p><a href="${invoice.invoice_pdf}">Download PDF</a></p>
      </section>
      ${payment(invoice, money(invoice.amount_remaining), shown)}
    </div>`,
  );
}

/** Also what was given up may still be paid one day. */
export const canBePaid = ({ status }: Invoice) => status === "open" || status === "uncollectible";

function headline({ status, amount_remaining, amount_paid }: Invoice, money: (amount: number) => string) {
  if (status === "open") return `${money(amount_remaining)} due`;
  if (status === "paid") return `${money(amount_paid)} paid`;
  return status === "void" ? "This invoice was voided" : "This invoice is past due";
}

/** The sums beneath the lines; only those that say something. */
export function sums(invoice: Invoice): (readonly [string, number])[] {
  const discount = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const credits = creditsOf(invoice);
  const credited = invoice.pre_payment_credit_notes_amount;
  const balance = invoice.amount_due + credited - invoice.total;
  return [
    ["Subtotal", invoice.subtotal],
    ...(discount ? [["Discount", -discount] as const] : []),
    ...(credits ? [["Billing credits", -credits] as const] : []),
    ...taxSums(invoice),
    ["Total", invoice.total],
    ...(balance ? [["Customer balance", balance] as const] : []),
    ...(credited ? [["Credit notes", -credited] as const] : []),
    [invoice.status === "paid" ? "Amount paid" : "Amount due", invoice.amount_due],
  ];
}

/**
 * The customer's tax ids, and the words that an invoice must have whose customer owes the tax (type: the comment of
 * `Stripe.Customer.tax_exempt`).
 */
export function taxFacts({
  customer_tax_ids: ids,
  total_taxes: taxes,
}: Invoice): (readonly [string, string])[] {
  const isReverse = taxes?.some(({ taxability_reason }) => taxability_reason === "reverse_charge");
  return [
    ...(ids?.length ? [["Tax ID", ids.map(({ value }) => value).join(", ")] as const] : []),
    ...(isReverse ? [["Tax", "Reverse charge"] as const] : []),
  ];
}

/** One sum for each rate; a part of the total where the price includes it (https://docs.stripe.com/tax/tax-rates). */
const taxSums = ({ total_taxes, total_excluding_tax }: Invoice): (readonly [string, number])[] =>
  total_taxes?.length
    ? [
        ["Total excluding tax", total_excluding_tax ?? 0],
        ...total_taxes.map((tax) => [taxLabel(tax), tax.amount] as const),
      ]
    : [];

function payment(invoice: Invoice, due: string, { values, mistakes, refusal }: Shown): Markup | string {
  if (!canBePaid(invoice)) return "";
  if (isProcessing(invoice)) {
    return html`<p class="hint">Your bank has been asked to pay this invoice. That takes some days.</p>`;
  }
  return html`<form class="panel" method="post" action="${invoice.hosted_invoice_url}" novalidate>
      ${refusal ? html`<p class="alert" role="alert">${refusal}</p>` : ""}
      ${cardFields(values, mistakes)}
      <button>Pay ${due}</button>
    </form>
    ${testCards}`;
}
