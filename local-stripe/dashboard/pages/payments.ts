import { html } from "hono/html";
import { paymentIntents } from "../../objects/payment-intent";
import { heading } from "../parts/elements";
import { frame } from "../parts/frame";
import { listing, pager, type Query } from "../parts/listing";
import { paymentsTable } from "../parts/tables";

export function paymentsPage(query: Query, here: string): Promise<Response> {
  const found = listing(paymentIntents.all(), query);
  return frame(
    here,
    "Payments",
    html`${heading("Billing", "Payments")}
      ${paymentsTable(
        "Payments, newest first",
        found.rows,
        html`Nobody has paid yet. <a href="/products">Open a checkout</a> and pay with a test card.`,
      )}
      ${pager("/payments", found)}`,
  );
}
