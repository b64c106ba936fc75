import type { z } from "zod";
import { exclusive, invalid, missing, noSuch } from "../../kit/errors";
import {
  amount,
  choice,
  decimal,
  group,
  integerFrom,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  text,
} from "../../kit/params";
import { buildCreditNoteLine, type CreditNoteLineItem } from "../../objects/credit-note";
import type { Invoice, InvoiceLineItem } from "../../objects/invoice";
import { divideRounded, times } from "../money/amounts";

export const creditLineParams = listOf(
  group({
    type: choice("custom_line_item", "invoice_line_item"),
    ...optional({
      amount,
      description: text,
      invoice_line_item: text,
      metadata,
      quantity: integerFrom(1),
      unit_amount: amount,
      unit_amount_decimal: decimal,
    }),
  }),
  250,
);

type Given = z.output<typeof creditLineParams>[number];

/** The lines of a credit note, for parts of the invoice's own lines or for something else. */
export const creditLines = (invoice: Invoice, given: readonly Given[]): CreditNoteLineItem[] =>
  given.map((line, position) =>
    line.type === "invoice_line_item"
      ? partOfLine(invoice, line, `lines[${position}]`)
      : customLine(line, `lines[${position}]`),
  );

/** A whole credit that names no line (inferred). */
export const wholeLine = (invoice: Invoice, total: number): CreditNoteLineItem =>
  buildCreditNoteLine({
    amount: total,
    description: `Credit for invoice ${invoice.number}`,
    type: "custom_line_item",
    unit_amount: total,
    unit_amount_decimal: String(total),
  });

function partOfLine(invoice: Invoice, given: Given, param: string): CreditNoteLineItem {
  if (given.invoice_line_item === undefined) throw missing(`${param}[invoice_line_item]`);
  const line = invoice.lines.data.find(({ id }) => id === given.invoice_line_item);
  if (!line) throw noSuch("invoice line item", given.invoice_line_item, `${param}[invoice_line_item]`);
  if (given.amount !== undefined && given.quantity !== undefined) {
    throw exclusive("amount", "quantity", `${param}[amount]`);
  }
  const { amount: wanted, quantity } = given;
  const whole = line.quantity ?? 1;
  if (wanted === undefined && quantity === undefined) throw missing(`${param}[amount]`);
  if (quantity !== undefined && quantity > whole) {
    throw invalid(`You can credit at most ${whole} of this line.`, { param: `${param}[quantity]` });
  }
  const credited = wanted ?? divideRounded(BigInt(line.amount) * BigInt(quantity ?? 1), BigInt(whole));
  if (credited > line.amount) {
    throw invalid("You cannot credit more than the amount of the line.", { param: `${param}[amount]` });
  }
  const discount_amounts = discountsOn(line, credited);
  return buildCreditNoteLine({
    amount: credited,
    description: line.description,
    discount_amount: discount_amounts.reduce((sum, { amount }) => sum + amount, 0),
    discount_amounts,
    invoice_line_item: line.id,
    metadata: mergeMetadata({}, given.metadata),
    pretax_credit_amounts: discount_amounts.map((one) => ({ ...one, type: "discount" as const })),
    quantity: quantity ?? null,
    taxes: taxesOn(line, credited),
    type: "invoice_line_item",
  });
}

/** So are the taxes of the line in proportion to the credit (inferred). */
const taxesOn = (line: InvoiceLineItem, credited: number): CreditNoteLineItem["taxes"] =>
  (line.taxes ?? []).map((tax) => ({
    ...tax,
    amount: shareOn(line, tax.amount, credited),
    taxable_amount: shareOn(line, tax.taxable_amount ?? 0, credited),
  }));

const shareOn = (line: InvoiceLineItem, amount: number, credited: number): number =>
  divideRounded(BigInt(amount) * BigInt(credited), BigInt(line.amount || 1));

/** A discount takes off the credit, in proportion, what it took off the line. */
const discountsOn = (line: InvoiceLineItem, credited: number) =>
  (line.discount_amounts ?? []).map(({ amount, discount }) => ({
    amount: shareOn(line, amount, credited),
    discount,
  }));

function customLine(given: Given, param: string): CreditNoteLineItem {
  const { description, quantity = 1, unit_amount, unit_amount_decimal } = given;
  if (description === undefined) throw missing(`${param}[description]`);
  const each = unit_amount_decimal ?? (unit_amount === undefined ? undefined : String(unit_amount));
  if (each === undefined) throw missing(`${param}[unit_amount]`);
  return buildCreditNoteLine({
    amount: times(each, quantity),
    description,
    metadata: mergeMetadata({}, given.metadata),
    quantity,
    type: "custom_line_item",
    unit_amount: unit_amount ?? null,
    unit_amount_decimal: each,
  });
}
