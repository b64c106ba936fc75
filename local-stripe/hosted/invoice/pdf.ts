import type PDFDocument from "pdfkit";
import { formatAmount } from "../../billing/money/amounts";
import { account } from "../../kit/account";
import type { Invoice } from "../../objects/invoice";
import { day } from "../format";
import { sums } from "./view";

const LEFT_POINTS = 50;
const RIGHT_POINTS = 545;
const AMOUNT_POINTS = 110;

type Document = InstanceType<typeof PDFDocument>;

/** The built-in fonts know Western European letters only; another one is a question mark rather than a wrong one. */
const printable = (text: string) => text.replaceAll("–", "-").replace(/[^\u0020-\u00ff€•…]/g, "?");

export async function invoicePdf(invoice: Invoice): Promise<Uint8Array<ArrayBuffer>> {
  // PDFs are rare and their library is large: it is loaded by the first one.
  const { default: PDFKit } = await import("pdfkit");
  const document = new PDFKit({
    size: "A4",
    margin: LEFT_POINTS,
    info: { Title: `Invoice ${invoice.number}`, Author: account.name },
  });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise<void>((resolve) => document.on("end", resolve));
  head(document, invoice);
  rows(document, invoice);
  document.end();
  await finished;
  return new Uint8Array(Buffer.concat(chunks));
}

function head(document: Document, invoice: Invoice): void {
  const paid = invoice.status === "paid" ? " (paid)" : "";
  document.font("Helvetica-Bold").fontSize(20).text(`Invoice${paid}`, LEFT_POINTS, LEFT_POINTS);
  document.font("Helvetica").fontSize(10).moveDown();
  for (const line of [
    `Invoice number: ${invoice.number}`,
    `Date of issue: ${day(invoice.effective_at ?? invoice.created)}`,
    `From: ${account.name}`,
    `Bill to: ${[invoice.customer_name, invoice.customer_email].filter(Boolean).join(", ")}`,
    "Test mode: no money has moved.",
  ]) {
    document.text(printable(line));
  }
  document.moveDown(2);
}

function rows(document: Document, invoice: Invoice): void {
  const money = (amount: number) => formatAmount(amount, invoice.currency);
  for (const { description, period, amount } of invoice.lines.data) {
    row(document, `${description}\n${day(period.start)} - ${day(period.end)}`, money(amount));
  }
  document
    .moveTo(LEFT_POINTS, document.y)
    .lineTo(RIGHT_POINTS, document.y)
    .strokeColor("#d5d9e2")
    .stroke()
    .moveDown();
  for (const [label, amount] of sums(invoice)) row(document, label, money(amount));
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
