import { html } from "hono/html";
import { formatAmount } from "../../billing/money/amounts";
import { methodName } from "../../hosted/format";
import type { Markup } from "../../hosted/layout";
import { type Charge, charges } from "../../objects/charge";
import { type Dispute, disputes } from "../../objects/dispute";
import { invoices } from "../../objects/invoice";
import { invoicePayments } from "../../objects/invoice-payment";
import type { PaymentIntent } from "../../objects/payment-intent";
import { paymentMethods } from "../../objects/payment-method";
import { type Refund, refunds } from "../../objects/refund";
import { button, buttons, controlForm, selectField, textField } from "../parts/buttons";
import {
  badge,
  type Content,
  code,
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
import { customerLink, paymentState } from "../parts/tables";

export function paymentPage(intent: PaymentIntent, here: string): Promise<Response> {
  const { id, currency } = intent;
  const attempts = charges.where({ payment_intent: id });
  const paid = attempts.find((charge) => charge.paid);
  const taken = paid?.captured ? paid : undefined;
  const amount = formatAmount(intent.amount, currency);
  return frame(
    here,
    `Payment of ${amount}`,
    html`${heading("Payment", amount, paymentState(intent))}
      ${facts([
        ["Id", code(id)],
        ["Status", html`${code(intent.status)}`],
        ["Customer", customerLink(intent.customer)],
        ["For", intent.description],
        ["Invoice", invoiceOf(id)],
        ["Method", methodOf(intent)],
        ["Created", html`${time(intent.created)} UTC`],
        ["Last error", intent.last_payment_error?.message],
        ["Receipt", paid?.receipt_url ? html`<a href="${paid.receipt_url}">Receipt</a>` : null],
        ["Metadata", metadataFact(intent.metadata)],
      ])}
      ${panel("Attempts", attemptsTable(attempts))}
      ${intent.status === "requires_capture" ? holdPanel(intent, here) : ""}
      ${taken ? refundsPanel(taken, here) : ""}
      ${taken ? disputesPanel(taken, here) : ""}
      ${eventsAbout(id)}
      ${rawJson(intent)}
      ${attempts.map((charge) => rawJson(charge, `JSON of the charge ${charge.id}`))}`,
  );
}

function invoiceOf(payment_intent: string): Content | null {
  const invoice = invoicePayments.where({ payment_intent })[0]?.invoice;
  return invoice ? link(invoice, invoices.get(invoice)?.number) : null;
}

function methodOf({ payment_method }: PaymentIntent): Content | null {
  const method = paymentMethods.get(payment_method ?? "");
  return method ? link(method.id, methodName(method)) : null;
}

const attemptsTable = (rows: readonly Charge[]): Markup =>
  table(
    "Attempts, oldest first",
    [
      { label: "Charge", cell: ({ id }: Charge) => html`<span class="id" id="${id}">${id}</span>` },
      { label: "Status", cell: ({ status }) => badge(status) },
      {
        label: "Why not",
        cell: ({ failure_message, outcome }) =>
          failure_message ? html`${failure_message} ${outcome?.reason ? code(outcome.reason) : ""}` : "–",
      },
      { label: "Time (UTC)", cell: ({ created }) => time(created) },
      { label: "Amount", cell: ({ amount, currency }) => money(amount, currency), figures: true },
    ],
    rows,
    "Nothing has been charged: there was no attempt yet, or the bank asks for authentication first.",
  );

const holdPanel = ({ id, amount_capturable, currency }: PaymentIntent, here: string): Markup =>
  panel(
    "Hold",
    html`<p>${formatAmount(amount_capturable, currency)} are held until they are captured, for seven days at most.</p>`,
    buttons(
      button(here, "payment", "Capture", { payment_intent: id, do: "capture" }, { look: "main" }),
      button(here, "payment", "Cancel", { payment_intent: id, do: "cancel" }),
    ),
  );

function refundsPanel({ id, amount_captured, amount_refunded, currency }: Charge, here: string): Markup {
  const isChargedBack = disputes.where({ charge: id }).some((dispute) => !dispute.is_charge_refundable);
  const left = isChargedBack ? 0 : amount_captured - amount_refunded;
  return panel(
    "Refunds",
    table(
      "Refunds, newest first",
      [
        { label: "Refund", cell: (refund: Refund) => link(refund.id) },
        { label: "Status", cell: ({ status }) => badge(status) },
        { label: "Reason", cell: ({ reason }) => reason?.replaceAll("_", " ") ?? "–" },
        { label: "Time (UTC)", cell: ({ created }) => time(created) },
        { label: "Amount", cell: (refund) => money(refund.amount, refund.currency), figures: true },
      ],
      refunds.where({ charge: id }).reverse(),
      "Nothing has been refunded.",
    ),
    left > 0
      ? controlForm(
          here,
          "refund",
          { charge: id },
          html`<div class="inline">
          ${textField({ name: "amount", label: `Amount in the smallest unit; empty for all of ${formatAmount(left, currency)}` })}
          <button class="plain">Refund</button>
        </div>`,
        )
      : "",
  );
}

const REASONS = ["fraudulent", "duplicate", "product_not_received", "subscription_canceled", "general"];
const CLOSED = new Set(["won", "lost", "warning_closed", "prevented"]);

function disputesPanel({ id, disputed }: Charge, here: string): Markup {
  const all = disputes.where({ charge: id });
  return panel(
    "Disputes",
    table(
      "Disputes",
      [
        { label: "Dispute", cell: (dispute: Dispute) => link(dispute.id) },
        { label: "Status", cell: ({ status }) => badge(status) },
        { label: "Reason", cell: ({ reason }) => reason.replaceAll("_", " ") },
        { label: "Opened (UTC)", cell: ({ created }) => time(created) },
        { label: "Amount", cell: ({ amount, currency }) => money(amount, currency), figures: true },
      ],
      all,
      "The cardholder has not complained.",
    ),
    all.filter(({ status }) => !CLOSED.has(status)).map((dispute) => answers(dispute, here)),
    disputed
      ? ""
      : controlForm(
          here,
          "dispute",
          { charge: id },
          html`<div class="inline">
          ${selectField(
            { name: "reason", label: "The cardholder complains" },
            REASONS.map((reason) => [reason, reason.replaceAll("_", " ")]),
          )}
          <button class="plain">Dispute</button>
        </div>`,
        ),
  );
}

const answers = ({ id }: Dispute, here: string): Markup =>
  buttons(
    button(here, "answer_dispute", "Submit winning evidence", { dispute: id, with: "winning_evidence" }),
    button(here, "answer_dispute", "Submit losing evidence", { dispute: id, with: "losing_evidence" }),
  );
