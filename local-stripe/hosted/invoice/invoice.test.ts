import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { createInvoice, finalizeInvoice } from "../../billing/invoices/invoices";
import { byItself, transaction } from "../../kit/transaction";
import { buildLine } from "../../objects/invoice";
import { Browser } from "../../test/browser";
import { startLocalStripe } from "../../test/harness";
import { card, confirm, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

async function openInvoice() {
  const customer = await local.stripe.customers.create({ name: "Zoë Ångström", email: "zoe@example.com" });
  const at = customer.created;
  return transaction(byItself, () =>
    finalizeInvoice(
      createInvoice(customer.id, { billing_reason: "manual", currency: "usd", parent: null }, (id) => [
        buildLine(id, {
          amount: 1234,
          currency: "usd",
          description: "Consulting – one hour",
          parent: null,
          period: { start: at, end: at },
          pricing: null,
        }),
      ]),
    ),
  );
}

async function paidInvoice() {
  const session = await subscriptionSession(local);
  await confirm(local, session.id);
  const { invoice } = await local.stripe.checkout.sessions.retrieve(session.id);
  return local.stripe.invoices.retrieve(String(invoice));
}

test("a paid invoice can be looked at and kept as a PDF", async () => {
  const invoice = await paidInvoice();
  const page = await new Browser().get(String(invoice.hosted_invoice_url));
  for (const part of [invoice.number, "$20.00 paid", "1 × Pro (at $20.00 / month)"]) {
    expect(page.text).toContain(part);
  }
  expect(page.text).not.toContain("<form");
  const answer = await fetch(String(invoice.invoice_pdf));
  expect(answer.headers.get("Content-Type")).toBe("application/pdf");
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
  expect(bytes.subarray(-6).toString().trim()).toBe("%%EOF");
});

test("a charge has a receipt, which follows its refund", async () => {
  await paidInvoice();
  const [charge] = (await local.stripe.charges.list()).data;
  await local.stripe.refunds.create({ charge: charge?.id as string, amount: 500 });
  const { text } = await new Browser().get(String(charge?.receipt_url));
  for (const part of ["$20.00", "Visa •••• 4242", "$5.00"]) expect(text).toContain(part);
});

test("an open invoice is paid on its page, once", async () => {
  const invoice = await openInvoice();
  const url = String(invoice.hosted_invoice_url);
  const browser = new Browser();
  expect((await browser.get(url)).text).toContain("$12.34 due");
  const wrong = await browser.post(url, { ...card("4242 4242 4242 4242"), cvc: "1" });
  expect(wrong.text).toContain("Your card's security code is incomplete.");
  const declined = await browser.post(url, card("4000 0000 0000 9995"));
  expect(declined.text).toContain("Your card has insufficient funds.");
  await Promise.all([1, 2].map(() => browser.post(url, card("4242 4242 4242 4242"))));
  expect((await browser.get(url)).text).toContain("$12.34 paid");
  expect(await local.stripe.invoices.retrieve(invoice.id)).toMatchObject({
    status: "paid",
    amount_paid: 1234,
    // "Any payment attempt counts as the first attempt, and subsequently only automatic retries increment the
    // attempt count" (Stripe, the invoice object).
    attempt_count: 1,
  });
  expect((await local.stripe.charges.list()).data.map(({ status }) => status)).toEqual([
    "succeeded",
    "failed",
  ]);
});

test.each([
  ["complete", "paid", "succeeded"],
  ["fail", "open", "requires_payment_method"],
])("the bank asks on its own page: %s", async (result, status, intentStatus) => {
  const invoice = await openInvoice();
  const browser = new Browser();
  const bank = await browser.post(String(invoice.hosted_invoice_url), card("4000 0027 6000 3184"));
  expect(bank.url).toContain("/3ds/pi_");
  const page = await browser.post(bank.url, { result });
  expect(page.url).toBe(invoice.hosted_invoice_url);
  expect((await local.stripe.invoices.retrieve(invoice.id)).status).toBe(status);
  const [intent] = (await local.stripe.paymentIntents.list()).data;
  expect(intent?.status).toBe(intentStatus);
  expect((await browser.get(bank.url)).status).toBe(404);
});

test("what was given up can still be paid on its page, what is void cannot", async () => {
  const given = await openInvoice();
  await local.stripe.invoices.markUncollectible(given.id);
  const browser = new Browser();
  const page = await browser.press(
    await browser.get(String(given.hosted_invoice_url)),
    "Pay $12.34",
    card("4242 4242 4242 4242"),
  );
  expect(page.text).toContain("$12.34 paid");
  expect((await local.stripe.invoices.retrieve(given.id)).status).toBe("paid");
  const gone = await openInvoice();
  await local.stripe.invoices.voidInvoice(gone.id);
  expect(
    (await browser.post(String(gone.hosted_invoice_url), card("4242 4242 4242 4242"))).text,
  ).not.toContain("Pay $");
  expect((await local.stripe.charges.list()).data).toHaveLength(1);
});

/** The words of a PDF: its streams are deflated, and its text is in hexadecimal pieces. */
async function pdfText(url: string): Promise<string> {
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer()).toString("latin1");
  const streams = [...bytes.matchAll(/stream\n([\s\S]*?)\nendstream/g)].map(([, stream = ""]) => {
    try {
      return inflateSync(Buffer.from(stream, "latin1")).toString("latin1");
    } catch {
      return "";
    }
  });
  const runs = streams.flatMap((stream) => [...stream.matchAll(/\[(.*)\] TJ/g)].map(([, run = ""]) => run));
  const words = (run: string) =>
    [...run.matchAll(/<([0-9a-f]+)>/g)]
      .map(([, hex = ""]) => Buffer.from(hex, "hex").toString("latin1"))
      .join("");
  return runs.map(words).join("\n");
}

test("taxes stand on the page and in the PDF, with who owes them", async () => {
  const { stripe } = local;
  const { id: rate } = await stripe.taxRates.create({
    display_name: "VAT",
    inclusive: true,
    jurisdiction: "Germany",
    percentage: 19,
  });
  const invoiceOf = async (tax_exempt: "none" | "reverse") => {
    const tax_id_data = [{ type: "eu_vat" as const, value: "DE123456789" }];
    const customer = await stripe.customers.create({ name: "Ada GmbH", tax_exempt, tax_id_data });
    const { id } = await stripe.invoices.create({ customer: customer.id, default_tax_rates: [rate] });
    await stripe.invoices.addLines(String(id), { lines: [{ amount: 1190, description: "Work" }] });
    return stripe.invoices.finalizeInvoice(String(id));
  };
  const taxed = await invoiceOf("none");
  const { text } = await new Browser().get(String(taxed.hosted_invoice_url));
  for (const part of [
    "DE123456789",
    "Total excluding tax",
    "$10.00",
    "VAT Germany 19% (inclusive)",
    "$1.90",
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain("Reverse charge");
  const reversed = await invoiceOf("reverse");
  expect((await new Browser().get(String(reversed.hosted_invoice_url))).text).toContain("Reverse charge");
  const kept = await pdfText(String(taxed.invoice_pdf));
  for (const part of ["Tax ID: DE123456789", "VAT Germany 19% (inclusive)", "$1.90"])
    expect(kept).toContain(part);
  expect(kept).not.toContain("Reverse charge");
  expect(await pdfText(String(reversed.invoice_pdf))).toContain("Tax: Reverse charge");
});
