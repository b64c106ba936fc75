import { html } from "hono/html";
import { type Invoice, invoices } from "../../objects/invoice";
import { heading } from "../parts/elements";
import { frame } from "../parts/frame";
import { listing, pager, type Query, tabs } from "../parts/listing";
import { invoicesTable } from "../parts/tables";

const STATUSES = ["draft", "open", "paid", "uncollectible", "void"];

export function invoicesPage(query: Query, here: string): Promise<Response> {
  const rows = query.status
    ? invoices.where({ status: query.status as Invoice["status"] & string })
    : invoices.all();
  const found = listing(rows, query);
  return frame(
    here,
    "Invoices",
    html`${heading("Billing", "Invoices")}
      ${tabs("/invoices", "status", STATUSES, query)}
      ${invoicesTable(
        "Invoices, newest first",
        found.rows,
        query.status
          ? html`No invoice is ${query.status}.`
          : "No invoices yet. A subscription draws one up for each of its periods.",
      )}
      ${pager("/invoices", found)}`,
  );
}
