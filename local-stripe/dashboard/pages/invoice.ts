import { html } from "hono/html";
import { formatAmount } from "../../billing/money/amounts";
import { taxLabel } from "../../billing/tax/tax-words";
import { sums } from "../../hosted/invoice/view";
import type { Markup } from "../../hosted/layout";
import { type CreditNote, creditNotes } from "../../objects/credit-note";
import { type Invoice, type InvoiceLineItem, subscriptionOf } from "../../objects/invoice";
import { type InvoicePayment, invoicePayments } from "../../objects/invoice-payment";
import { button, buttons } from "../parts/buttons";
import {
  badge,
  type Content,
  code,
  date,
  facts,
  heading,
  metadataFact,
  money,
  panel,
  time,
} from "../parts/elements";
import { eventsAbout } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { link, rawJson } from "../parts/links";
import { table } from "../parts/table";
import { customerLink } from "../parts/tables";

export function invoicePage(invoice: Invoice, here: string): Promise<Response> {
  const { id, number, status, next_payment_attempt: next } = invoice;
  const subscription = subscriptionOf(invoice);
  return frame(
    here,
    `Invoice ${number ?? id}`,
    html`${heading("Invoice", number ?? "Draft without a number", badge(status))}
      ${steps(invoice, here)}
      ${facts([
        ["Id", code(id)],
        ["Customer", customerLink(invoice.customer)],
        ["Subscription", subscription ? link(subscription) : null],
        ["Reason", invoice.billing_reason?.replaceAll("_", " ")],
        ["Created", html`${time(invoice.created)} UTC`],
        [
          "Finalizes itself",
          invoice.automatically_finalizes_at ? html`${time(invoice.automatically_finalizes_at)} UTC` : null,
        ],
        ["Attempts", invoice.attempt_count],
        ["Next attempt", next ? html`${time(next)} UTC` : null],
        ["For the customer", pages(invoice)],
        ["Test clock", invoice.test_clock ? link(String(invoice.test_clock)) : null],
        ["Metadata", metadataFact(invoice.metadata)],
      ])}
      ${panel("Lines", linesTable(invoice), sumsList(invoice))}
      ${panel("Payments", paymentsOf(id))}
      ${creditNotesOf(id)}
      ${eventsAbout(id)}
      ${rawJson(invoice)}`,
  );
}

type Step = readonly [step: string, label: string];

const PAY: Step = ["pay", "Try to collect it now"];
const VOID: Step = ["void", "Void"];

/** The steps that an invoice can still take. */
const STEPS: Readonly<Record<string, readonly Step[]>> = {
  draft: [["finalize", "Finalize it now"]],
  open: [PAY, VOID, ["mark_uncollectible", "Mark as uncollectible"]],
  uncollectible: [PAY],
};

const steps = ({ id, status }: Invoice, here: string): Markup =>
  buttons(
    (STEPS[status ?? ""] ?? []).map(([step, label], at) =>
      button(here, "invoice", label, { invoice: id, do: step }, { look: at === 0 ? "main" : "plain" }),
    ),
  );

const pages = ({ hosted_invoice_url: page, invoice_pdf: pdf }: Invoice): Content | null =>
  page && pdf ? html`<a href="${page}">Hosted page</a>, <a href="${pdf}">PDF</a>` : null;

const taxesOf = ({ taxes, currency }: InvoiceLineItem): string =>
  (taxes ?? []).map((tax) => `${taxLabel(tax)}: ${formatAmount(tax.amount, currency)}`).join(", ") || "–";

const linesTable = ({ lines }: Invoice): Markup =>
  table(
    "Lines",
    [
      { label: "Line", cell: ({ description }: InvoiceLineItem) => description ?? "–" },
      { label: "Period (UTC)", cell: ({ period }) => html`${date(period.start)} to ${date(period.end)}` },
      { label: "Price", cell: ({ pricing }) => link(pricing?.price_details?.price as string | undefined) },
      { label: "Taxes", cell: taxesOf },
      { label: "Amount", cell: ({ amount, currency }) => money(amount, currency), figures: true },
    ],
    lines.data,
    "No lines.",
  );

const sumsList = (invoice: Invoice): Markup =>
  html`<dl class="sums">
    ${sums(invoice).map(
      ([label, amount]) => html`<div><dt>${label}</dt><dd>${money(amount, invoice.currency)}</dd></div>`,
    )}
  </dl>`;

/** Most invoices have none, and then there is nothing to say about them. */
function creditNotesOf(invoice: string): Markup | string {
  const notes = creditNotes.where({ invoice });
  if (notes.length === 0) return "";
  return panel(
    "Credit notes",
    table(
      "Credit notes of this invoice",
      [
        { label: "Credit note", cell: ({ id, number }: CreditNote) => link(id, number) },
        { label: "Status", cell: ({ status }) => badge(status) },
        { label: "For the customer", cell: ({ pdf }) => html`<a href="${pdf}">PDF</a>` },
        {
          label: "Off what was due",
          cell: ({ pre_payment_amount, currency }) => money(pre_payment_amount, currency),
          figures: true,
        },
        {
          label: "Off what was paid",
          cell: ({ post_payment_amount, currency }) => money(post_payment_amount, currency),
          figures: true,
        },
      ],
      notes,
      "None.",
    ),
  );
}

const paymentsOf = (invoice: string): Markup =>
  table(
    "Payments of this invoice",
    [
      {
        label: "Payment",
        cell: ({ payment, id }: InvoicePayment) => link(String(payment.payment_intent ?? id)),
      },
      { label: "Status", cell: ({ status }) => badge(status) },
      {
        label: "Asked for",
        cell: ({ amount_requested, currency }) => money(amount_requested, currency),
        figures: true,
      },
      {
        label: "Paid",
        cell: ({ amount_paid, currency }) => (amount_paid === null ? "–" : money(amount_paid, currency)),
        figures: true,
      },
    ],
    invoicePayments.where({ invoice }),
    "None: nothing was due, or nothing has been tried.",
  );
