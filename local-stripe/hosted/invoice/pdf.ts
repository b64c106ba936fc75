import type PDFDocument from "pdfkit";
import { formatAmount } from "../../billing/money/amounts";
import { taxLabel } from "../../billing/tax/tax-words";
import { account } from "../../kit/account";
import type { CreditNote } from "../../objects/credit-note";
import type { Invoice } from "../../objects/invoice";
import { day } from "../format";
import { sums, taxFacts } from "./view";

const LEFT_POINTS = 50;
const RIGHT_POINTS = 545;
const AMOUNT_POINTS = 110;

type Document = InstanceType<typeof PDFDocument>;

/** The built-in fonts know Western European letters only; another one is a question mark rather than a wrong one. */
const printable = (text: string) => text.replaceAll("–", "-").replace(/[^\u0020-\u00ff€•…]/g, "?");

type Amount = readonly [label: string, amount: number];

/** A sheet to keep: who it is for, what it is about, and what that comes to. */
interface Sheet {
  readonly title: string;
  readonly name: string;
  readonly facts: readonly string[];
  readonly currency: string;
  readonly lines: readonly Amount[];
  readonly sums: readonly Amount[];
}

export const invoicePdf = (invoice: Invoice): Promise<Uint8Array<ArrayBuffer>> =>
  draw({
    title: invoice.status === "paid" ? "Invoice (paid)" : "Invoice",
    name: `Invoice ${invoice.number}`,
    facts: [
      `Invoice number: ${invoice.number}`,
      `Date of issue: ${day(invoice.effective_at ?? invoice.created)}`,
      `From: ${account.name}`,
      billedTo(invoice),
      ...taxFacts(invoice).map(([label, value]) => `${label}: ${value}`),
    ],
    currency: invoice.currency,
    lines: invoice.lines.data.map(({ description, period, amount }) => [
      `${description}\n${day(period.start)} - ${day(period.end)}`,
      amount,
    ]),
    sums: sums(invoice),
  });

export const creditNotePdf = (note: CreditNote, invoice: Invoice): Promise<Uint8Array<ArrayBuffer>> =>
  draw({
    title: note.status === "void" ? "Credit note (void)" : "Credit note",
    name: `Credit note ${note.number}`,
    facts: [
      `Credit note number: ${note.number}`,
      `Invoice number: ${invoice.number}`,
      `Date of issue: ${day(note.effective_at ?? note.created)}`,
      `From: ${account.name}`,
      billedTo(invoice),
      ...(note.memo ? [note.memo] : []),
    ],
    currency: note.currency,
    lines: note.lines.data.map(({ description, amount }) => [description ?? "", amount]),
    sums: [
      ["Subtotal", note.subtotal],
      ...(note.discount_amount ? [["Discount", -note.discount_amount] as const] : []),
      ...(note.total_taxes ?? []).map((tax) => [taxLabel(tax), tax.amount] as const),
      ["Total credited", note.total],
    ],
  });

const billedTo = ({ customer_name, customer_email }: Invoice): string =>
  `Bill to: ${[customer_name, customer_email].filter(Boolean).join(", ")}`;

async function draw(sheet: Sheet): Promise<Uint8Array<ArrayBuffer>> {
  // PDFs are rare and their library is large: it is loaded by the first one.
  const { default: PDFKit } = await import("pdfkit");
  const document = new PDFKit({
    size: "A4",
    margin: LEFT_POINTS,
    info: { Title: sheet.name, Author: account.name },
  });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise<void>((resolve) => document.on("end", resolve));
  head(document, sheet);
  rows(document, sheet);
  document.end();
  await finished;
  return new Uint8Array(Buffer.concat(chunks));
}

function head(document: Document, { title, facts }: Sheet): void {
  document.font("Helvetica-Bold").fontSize(20).text(title, LEFT_POINTS, LEFT_POINTS);
  document.font("Helvetica").fontSize(10).moveDown();
  for (const line of [...facts, "Test mode: no money has moved."]) document.text(printable(line));
  document.moveDown(2);
}

function rows(document: Document, { currency, lines, sums }: Sheet): void {
  const write = ([label, amount]: Amount) => row(document, label, formatAmount(amount, currency));
  for (const line of lines) write(line);
  document
    .moveTo(LEFT_POINTS, document.y)
    .lineTo(RIGHT_POINTS, document.y)
    .strokeColor("#d5d9e2")
    .stroke()
    .moveDown();
  for (const sum of sums) write(sum);
}

function row(document: Document, label: string, amount: string): void {
  const top = document.y;
  document.text(printable(amount), RIGHT_POINTS - AMOUNT_POINTS, top, {
    width: AMOUNT_POINTS,
    align: "right",
  });
  document.text(printable(label), LEFT_POINTS, top, {
    width: RIGHT_POINTS - LEFT_POINTS - AMOUNT_POINTS - 20,
  });
  document.moveDown(0.6);
}
