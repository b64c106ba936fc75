import { account } from "../../kit/account";
import { now } from "../../kit/clock";
import { invalid, noSuch } from "../../kit/errors";
import { emit, inSequence } from "../../kit/events";
import { newId, randomText } from "../../kit/ids";
import { charges } from "../../objects/charge";
import {
  buildCreditNote,
  type CreditNote,
  type CreditNoteLineItem,
  creditNoteLines,
  creditNotes,
} from "../../objects/credit-note";
import { type Invoice, invoices } from "../../objects/invoice";
import { invoicePayments } from "../../objects/invoice-payment";
import { paymentIntents } from "../../objects/payment-intent";
import { refunds } from "../../objects/refund";
import { CREDIT_NOTE } from "../behavior/sequences";
import { catchUp, reportingCustomer } from "../collection/standing";
import { defaultPaymentOf, markPaid } from "../invoices/invoice-payments";
import { giveUpPayment } from "../invoices/terminal-invoices";
import { formatAmount } from "../money/amounts";
import { moveBalance } from "../payments/customer-balance";
import { refundCharge } from "../payments/refunds";
import { byRate, taxIn } from "../tax/tax-sums";

/** Says where the part of a credit note goes that was paid already. */
interface Payback {
  readonly credit_amount?: number | undefined;
  readonly out_of_band_amount?: number | undefined;
  readonly refund_amount?: number | undefined;
  readonly refunds?: readonly { readonly refund: string; readonly amount_refunded?: number | undefined }[];
}

interface Wanted extends Payback {
  readonly lines: readonly CreditNoteLineItem[];
  readonly given: Partial<Pick<CreditNote, "effective_at" | "memo" | "metadata" | "reason">>;
}

const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);

/**
 * Credits part of a finalized invoice: first what is still to be paid of it, and then what was paid, which is refunded,
 * kept for the next invoice, or given back by another way (type: the comment of `CreditNoteResource.create`).
 */
export function issueCreditNote(invoice: Invoice, wanted: Wanted): CreditNote {
  const discounts = wanted.lines.map((line) => line.discount_amount);
  const subtotal = sumOf(wanted.lines.map((line) => line.amount));
  const total_taxes = byRate(wanted.lines.flatMap(({ taxes }) => taxes ?? []));
  const total = subtotal - sumOf(discounts) + taxIn(total_taxes, "exclusive");
  const pre = Math.min(total, invoice.status === "open" ? invoice.amount_remaining : 0);
  const post = total - pre;
  checkAmounts(invoice, total, post, wanted);
  return inSequence(CREDIT_NOTE, () =>
    reportingCustomer(invoice.customer, () => {
      const id = newId("cn_1");
      const discount_amounts = byDiscount(wanted.lines);
      const note = creditNotes.put(
        buildCreditNote(invoice, {
          ...wanted.given,
          id,
          amount: total,
          discount_amount: sumOf(discounts),
          discount_amounts,
          lines: creditNoteLines(id, wanted.lines),
          number: nextNumber(invoice),
          out_of_band_amount: wanted.out_of_band_amount ?? null,
          pdf: `${account.origin}/credit_notes/${randomText(40)}/pdf`,
          post_payment_amount: post,
          pre_payment_amount: pre,
          pretax_credit_amounts: discount_amounts.map((one) => ({ ...one, type: "discount" as const })),
          subtotal,
          subtotal_excluding_tax: subtotal - (taxIn(total_taxes) - taxIn(total_taxes, "exclusive")),
          total_excluding_tax: total - taxIn(total_taxes),
          total_taxes,
          type: post === 0 ? "pre_payment" : pre === 0 ? "post_payment" : "mixed",
        }),
      );
      const issued = payBack(invoice, note, wanted);
      emit("credit_note.created", issued);
      reduce(invoice, pre, post);
      return issued;
    }),
  );
}

const nextNumber = ({ id, number }: Invoice): string =>
  `${number}-CN-${String(creditNotes.where({ invoice: id }).length + 1).padStart(2, "0")}`;

function byDiscount(lines: readonly CreditNoteLineItem[]): CreditNote["discount_amounts"] {
  const totals = new Map<string, number>();
  for (const { amount, discount } of lines.flatMap((line) => line.discount_amounts)) {
    totals.set(discount, (totals.get(discount) ?? 0) + amount);
  }
  return [...totals].map(([discount, amount]) => ({ amount, discount }));
}

/** Refuses to credit more than there is, or what was paid without saying how it goes back (the words: inferred). */
function checkAmounts(invoice: Invoice, total: number, post: number, wanted: Payback): void {
  const money = (amount: number) => formatAmount(amount, invoice.currency);
  if (invoice.status !== "open" && invoice.status !== "paid") {
    throw invalid("You can only create a credit note for an invoice that is open or paid.", {
      param: "invoice",
    });
  }
  if (total <= 0)
    throw invalid("The amount of a credit note must be greater than zero.", { param: "amount" });
  const left = creditable(invoice, linkedRefunds(wanted));
  if (post > left) {
    throw invalid(
      `The credit note's amount (${money(total)}) is more than what can still be credited of the invoice (${money(total - post + left)}).`,
      { param: "amount" },
    );
  }
  const linked = (wanted.refunds ?? []).map((one) => one.amount_refunded ?? refundOf(one.refund).amount);
  const { credit_amount = 0, out_of_band_amount = 0, refund_amount = 0 } = wanted;
  const back = credit_amount + out_of_band_amount + refund_amount + sumOf(linked);
  if (back !== post) {
    throw invalid(
      `The sum of \`credit_amount\`, \`refund_amount\`, \`refunds\` and \`out_of_band_amount\` (${money(back)}) must equal the part of the credit note that was paid (${money(post)}).`,
    );
  }
}

const linkedRefunds = ({ refunds: linked = [] }: Payback) => new Set(linked.map(({ refund }) => refund));

/** Refunds that no credit note is for count against what was paid (type: the comment of `CreditNoteResource.create`). */
function creditable(invoice: Invoice, linked: ReadonlySet<string>): number {
  const noted = new Set(
    creditNotes.where({ invoice: invoice.id }).flatMap((note) => note.refunds.map(({ refund }) => refund)),
  );
  const others = invoicePayments
    .where({ invoice: invoice.id })
    .flatMap(({ payment }) => refunds.where({ payment_intent: payment.payment_intent ?? "" }))
    .filter(({ id }) => !noted.has(id) && !linked.has(id));
  const paid = invoice.amount_paid - invoice.post_payment_credit_notes_amount;
  return paid - sumOf(others.map(({ amount }) => amount));
}

function refundOf(id: string) {
  const refund = refunds.get(id);
  if (!refund) throw noSuch("refund", id, "refunds[0][refund]");
  return refund;
}

function payBack(invoice: Invoice, note: CreditNote, wanted: Payback): CreditNote {
  const { credit_amount = 0, refund_amount = 0 } = wanted;
  const linked = (wanted.refunds ?? []).map((one) => ({
    refund: one.refund,
    amount_refunded: one.amount_refunded ?? refundOf(one.refund).amount,
  }));
  const made =
    refund_amount > 0
      ? [{ refund: refundPayment(invoice, refund_amount), amount_refunded: refund_amount }]
      : [];
  const transaction =
    credit_amount > 0
      ? moveBalance(note.customer, -credit_amount, {
          credit_note: note.id,
          currency: note.currency,
          invoice: invoice.id,
          type: "credit_note",
        }).id
      : null;
  return creditNotes.put({
    ...note,
    customer_balance_transaction: transaction,
    refunds: [...made, ...linked].map((one) => ({
      ...one,
      payment_record_refund: null,
      type: "refund" as const,
    })),
  });
}

function refundPayment(invoice: Invoice, amount: number): string {
  const intent = paymentIntents.get(defaultPaymentOf(invoice.id)?.payment.payment_intent ?? "");
  const charge = charges.get(intent?.latest_charge ?? "");
  if (!charge) {
    throw invalid("This invoice was not paid by a charge that could be refunded.", {
      param: "refund_amount",
    });
  }
  return refundCharge(charge, { amount, reason: null, metadata: {} }).id;
}

/** Takes the credit off what the invoice asks for; one of which nothing is left is paid. */
function reduce(invoice: Invoice, pre: number, post: number): void {
  const reduced = invoices.put({
    ...invoice,
    amount_due: invoice.amount_due - pre,
    amount_remaining: invoice.amount_remaining - pre,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + post,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + pre,
  });
  if (pre > 0 && reduced.amount_remaining === 0) {
    giveUpPayment(reduced, "automatic");
    const paid = markPaid(reduced, { outOfBand: true });
    emit("invoice.updated", paid, invoice);
    catchUp(paid);
    return;
  }
  if (pre !== 0) askFor(reduced);
  emit("invoice.updated", reduced, invoice);
}

/** The intent that pays the invoice asks for what is left. */
function askFor({ id, amount_remaining }: Invoice): void {
  const payment = defaultPaymentOf(id);
  const intent = paymentIntents.get(payment?.payment.payment_intent ?? "");
  if (!payment || !intent) return;
  invoicePayments.put({ ...payment, amount_requested: amount_remaining });
  paymentIntents.put({ ...intent, amount: amount_remaining });
}

/**
 * Takes a credit back. Only what was credited before it was paid can be
 * (https://docs.stripe.com/invoicing/dashboard/credit-notes#void; the words: inferred).
 */
export function voidCreditNote(note: CreditNote): CreditNote {
  const invoice = invoices.must(note.invoice);
  if (note.status === "void") throw invalid("This credit note has already been voided.");
  if (invoice.status !== "open" || note.post_payment_amount > 0) {
    throw invalid("You can only void a credit note of an invoice that is open.");
  }
  return inSequence(CREDIT_NOTE, () => {
    const voided = creditNotes.put({ ...note, status: "void", voided_at: now() });
    emit("credit_note.voided", voided);
    reduce(invoice, -note.pre_payment_amount, 0);
    return voided;
  });
}
