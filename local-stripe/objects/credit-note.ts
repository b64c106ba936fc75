import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { inlineList } from "../kit/list";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import type { Invoice } from "./invoice";

export type CreditNote = Wire<Stripe.CreditNote>;
export type CreditNoteLineItem = Wire<Stripe.CreditNoteLineItem>;

export const creditNotes = new Table<CreditNote, "customer" | "invoice" | "pdf">("credit_note", "cn_", {
  customer: (note) => note.customer,
  invoice: (note) => note.invoice,
  pdf: (note) => note.pdf,
});

export const creditNoteLines = (note: string, lines: readonly CreditNoteLineItem[]) =>
  inlineList(`/v1/credit_notes/${note}/lines`, lines);

type LineGiven = Partial<CreditNoteLineItem> & Pick<CreditNoteLineItem, "amount" | "description" | "type">;

export function buildCreditNoteLine(given: LineGiven): CreditNoteLineItem {
  return {
    id: newId("cnli_1"),
    object: "credit_note_line_item",
    discount_amount: 0,
    discount_amounts: [],
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: 1,
    tax_rates: [],
    taxes: [],
    unit_amount: null,
    unit_amount_decimal: null,
    ...given,
  };
}

type Given = Partial<CreditNote> &
  Pick<
    CreditNote,
    "amount" | "id" | "lines" | "number" | "pdf" | "post_payment_amount" | "pre_payment_amount"
  > &
  Pick<CreditNote, "subtotal" | "type">;

export function buildCreditNote(invoice: Invoice, given: Given): CreditNote {
  const created = now();
  return {
    object: "credit_note",
    amount_shipping: 0,
    created,
    currency: invoice.currency,
    customer: String(invoice.customer),
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: created,
    invoice: invoice.id,
    livemode: false,
    memo: null,
    metadata: {},
    out_of_band_amount: null,
    pretax_credit_amounts: [],
    reason: null,
    refunds: [],
    shipping_cost: null,
    status: "issued",
    subtotal_excluding_tax: given.subtotal,
    total: given.amount,
    total_excluding_tax: given.amount,
    total_taxes: [],
    voided_at: null,
    ...given,
  };
}
