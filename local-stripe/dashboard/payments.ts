import { html } from "hono/html";
import { paymentIntents } from "../objects/payment-intent";
import { frame } from "./frame";
import { listing, pager, type Query } from "./listing";
import { heading } from "./parts";
import { paymentsTable } from "./tables";

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
