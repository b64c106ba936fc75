import { type Context, Hono } from "hono";
import { account } from "../../kit/account";
import { askApi } from "../../kit/api";
import { StripeError } from "../../kit/errors";
import { byItself, transaction } from "../../kit/transaction";
import { charges } from "../../objects/charge";
import { creditNotes } from "../../objects/credit-note";
import { type Invoice, invoices } from "../../objects/invoice";
import type { PaymentIntent } from "../../objects/payment-intent";
import { inTimeOf } from "../../objects/test-clock";
import { invoiceResource } from "../../resources/invoices";
import { type Card, keepCard, readCard, type Values } from "../card-form";
import { notice, redirect } from "../layout";
import { creditNotePdf, invoicePdf } from "./pdf";
import { receiptView } from "./receipt";
import { canBePaid, invoiceView } from "./view";

/** Stripe's hosted invoice: to look at, to pay while it is open, and to keep. */
export const invoicePage = new Hono();

const invoiceOf = (c: Context): Invoice | undefined =>
  invoices.where({ hosted_invoice_url: `${account.origin}/i/${c.req.param("token")}` })[0];

const notFound = () =>
  notice("Something went wrong", "The page you were looking for could not be found.", 404);

invoicePage.get("/i/:token", (c) => {
  const invoice = invoiceOf(c);
  return invoice ? invoiceView(invoice, { values: {}, mistakes: {} }) : notFound();
});

invoicePage.post("/i/:token", async (c) => {
  const invoice = invoiceOf(c);
  if (!invoice) return notFound();
  // A second click arrives after the first one paid.
  if (!canBePaid(invoice)) return redirect(c.req.path);
  const values = (await c.req.parseBody()) as Values;
  const { card, mistakes } = readCard(values);
  if (!card) return invoiceView(invoice, { values, mistakes });
  try {
    inTimeOf(invoice.customer, () => transaction(byItself, () => payInvoice(invoice, card, values)));
    return redirect(c.req.path);
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    const intent = error.body.payment_intent as PaymentIntent | undefined;
    const bank = intent?.next_action?.redirect_to_url?.url;
    return bank ? redirect(bank) : invoiceView(invoice, { values, mistakes, refusal: error.message });
  }
});

function payInvoice(invoice: Invoice, card: Card, values: Values): void {
  const method = keepCard(card, values, invoice.customer_email);
  askApi(invoiceResource, "POST /v1/invoices/:id/pay", invoice.id, { payment_method: method.id });
}

invoicePage.get("/i/:token/pdf", async (c) => {
  const invoice = invoiceOf(c);
  if (!invoice) return notFound();
  return pdf(await invoicePdf(invoice), `Invoice-${invoice.number}`);
});

invoicePage.get("/credit_notes/:token/pdf", async (c) => {
  const address = `${account.origin}/credit_notes/${c.req.param("token")}/pdf`;
  const note = creditNotes.where({ pdf: address })[0];
  if (!note) return notFound();
  return pdf(await creditNotePdf(note, invoices.must(note.invoice)), `CreditNote-${note.number}`);
});

const pdf = (document: Uint8Array<ArrayBuffer>, name: string): Response =>
  new Response(document, {
    headers: {
      "Content-Type": "application/pdf",
      "Content-Disposition": `inline; filename="${name}.pdf"`,
    },
  });

invoicePage.get("/receipts/:token", (c) => {
  const receipt_url = `${account.origin}/receipts/${c.req.param("token")}`;
  const charge = charges.where({ receipt_url })[0];
  return charge ? receiptView(charge) : notFound();
});
