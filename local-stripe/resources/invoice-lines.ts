import { refuseUnlessEditable } from "../billing/collection/manual-invoices";
import {
  addLines,
  addParams,
  editParams,
  findLine,
  removeLines,
  removeParams,
  updateLines,
  updateParams,
  withEdit,
  withLines,
} from "../billing/invoices/line-edits";
import { call, list, type Resource } from "../kit/api";
import type { Immediate } from "../kit/immediate";
import { find } from "../kit/lookup";
import { type MetadataParam, mergeMetadata, metadata, optional } from "../kit/params";
import { type Invoice, invoices } from "../objects/invoice";
import { inTimeOf } from "../objects/test-clock";

/** Edits the lines of a draft, which are all that can be edited. */
function onDraft<T>(id: string, work: (draft: Invoice) => Immediate<T>): Immediate<T> {
  const invoice = find(invoices, id);
  refuseUnlessEditable(invoice);
  return inTimeOf(invoice.customer, () => work(invoice));
}

const withMetadata = (draft: Invoice, given: MetadataParam): Invoice => ({
  ...draft,
  metadata: mergeMetadata(draft.metadata ?? {}, given),
});

export const invoiceLineResource: Resource = {
  routes: {
    "GET /v1/invoices/:id/lines": list({}, (_, { id }) => [...find(invoices, id).lines.data].reverse()),

    "POST /v1/invoices/:id/lines/:nested": call(editParams.shape, (given, { id, nested }) =>
      onDraft(id, (draft) => {
        const line = withEdit(findLine(draft, nested, "line_item_id"), given);
        const lines = draft.lines.data.map((one) => (one.id === line.id ? line : one));
        return withLines(draft, lines).lines.data.find((one) => one.id === line.id);
      }),
    ),

    "POST /v1/invoices/:id/add_lines": call(
      { lines: addParams, ...optional({ invoice_metadata: metadata }) },
      ({ lines, invoice_metadata }, { id }) =>
        onDraft(id, (draft) => addLines(withMetadata(draft, invoice_metadata), lines)),
    ),

    "POST /v1/invoices/:id/update_lines": call(
      { lines: updateParams, ...optional({ invoice_metadata: metadata }) },
      ({ lines, invoice_metadata }, { id }) =>
        onDraft(id, (draft) => updateLines(withMetadata(draft, invoice_metadata), lines)),
    ),

    "POST /v1/invoices/:id/remove_lines": call(
      { lines: removeParams, ...optional({ invoice_metadata: metadata }) },
      ({ lines, invoice_metadata }, { id }) =>
        onDraft(id, (draft) => removeLines(withMetadata(draft, invoice_metadata), lines)),
    ),
  },
};
