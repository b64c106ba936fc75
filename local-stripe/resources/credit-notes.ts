import type { z } from "zod";
import { issueCreditNote, voidCreditNote } from "../billing/actions/credit-notes";
import { creditLineParams, creditLines, wholeLine } from "../billing/invoices/credit-lines";
import { call, list, type Resource } from "../kit/api";
import { exclusive, missing } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import {
  amount,
  choice,
  group,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  text,
  timestamp,
} from "../kit/params";
import { rehearse } from "../kit/transaction";
import { type CreditNote, creditNotes } from "../objects/credit-note";
import { type Invoice, invoices } from "../objects/invoice";
import { clockOf, inTimeOf } from "../objects/test-clock";

const shape = {
  invoice: text,
  ...optional({
    amount,
    credit_amount: amount,
    effective_at: timestamp,
    email_type: choice("credit_note", "none"),
    lines: creditLineParams,
    memo: text,
    metadata,
    out_of_band_amount: amount,
    reason: choice("duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
    refund_amount: amount,
    refunds: listOf(
      group({ refund: text, ...optional({ amount_refunded: amount, type: choice("refund") }) }),
      20,
    ),
  }),
};

type Given = z.output<ReturnType<typeof group<typeof shape>>>;

function linesFor(invoice: Invoice, { amount: whole, lines }: Given) {
  if (whole !== undefined && lines) throw exclusive("amount", "lines");
  if (lines) return creditLines(invoice, lines);
  if (whole === undefined) throw missing("amount");
  return [wholeLine(invoice, whole)];
}

function issue(given: Given): CreditNote {
  const invoice = find(invoices, given.invoice, "invoice");
  const { credit_amount, effective_at, memo, metadata, out_of_band_amount, reason, refund_amount } = given;
  return inTimeOf(invoice.customer, () =>
    issueCreditNote(invoice, {
      credit_amount,
      out_of_band_amount,
      refund_amount,
      refunds: given.refunds ?? [],
      lines: linesFor(invoice, given),
      given: {
        ...(effective_at === undefined ? {} : { effective_at }),
        memo: memo ?? null,
        metadata: mergeMetadata({}, metadata),
        reason: reason ?? null,
      },
    }),
  );
}

/** The credit note is made, shown and taken back. */
const preview = (given: Given): CreditNote => rehearse(() => issue(given));

export const creditNoteResource: Resource = {
  routes: {
    "POST /v1/credit_notes": call(shape, issue),

    // Before the notes: these paths would be those of one.
    "GET /v1/credit_notes/preview": call(shape, preview),
    "GET /v1/credit_notes/preview/lines": list(shape, (given) => [...preview(given).lines.data].reverse()),

    "GET /v1/credit_notes": list(
      { ...createdParam, ...optional({ customer: text, invoice: text }) },
      ({ customer, invoice }) =>
        creditNotes
          .where({ customer, invoice })
          .filter((note) => customer !== undefined || invoice !== undefined || !clockOf(note.customer)),
    ),

    "GET /v1/credit_notes/:id": call({}, (_, { id }) => find(creditNotes, id)),

    "POST /v1/credit_notes/:id": call(optional({ memo: text, metadata }), ({ memo, metadata }, { id }) => {
      const note = find(creditNotes, id);
      return inTimeOf(note.customer, () => {
        const updated = creditNotes.put({
          ...note,
          memo: memo ?? note.memo,
          metadata: mergeMetadata(note.metadata ?? {}, metadata),
        });
        emit("credit_note.updated", updated, note);
        return updated;
      });
    }),

    "POST /v1/credit_notes/:id/void": call({}, (_, { id }) => {
      const note = find(creditNotes, id);
      return inTimeOf(note.customer, () => voidCreditNote(note));
    }),

    "GET /v1/credit_notes/:id/lines": list({}, (_, { id }) =>
      [...find(creditNotes, id).lines.data].reverse(),
    ),
  },
};
