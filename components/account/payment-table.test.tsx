import { describe, expect, it } from "vitest";
import { element, links, render, tableOf, textOf } from "@/test/support/render";
import { PaymentTable } from "./payment-table";

type Payment = Parameters<typeof PaymentTable>[0]["payments"][number];

const payment = (over: Partial<Payment>): Payment => ({
  id: "11111111-1111-4111-8111-111111111111",
  kind: "payment",
  amount: 49_900,
  currency: "usd",
  occurredAt: new Date("2026-09-05T23:30:00Z"),
  title: "Micro-Feature Development",
  invoiceUrl: null,
  ...over,
});

const read = async (...payments: Payment[]) => render(<PaymentTable payments={payments} />);

describe("PaymentTable", () => {
  it("says that there are none", async () => {
    expect(textOf(await read())).toBe("No payments yet.");
  });

  it.each<[Payment["kind"], number, string, string]>([
    ["invoice_paid", 1900, "Paid", "$19.00"],
    ["payment", 49_900, "Paid", "$499.00"],
    ["attempt", 9900, "Declined, nothing charged", "$99.00"],
    ["refund", 700, "Refunded to you", "-$7.00"],
    ["refund", -700, "Refunded to you", "-$7.00"],
    ["dispute", 300, "Disputed with your bank", "$3.00"],
    ["checkout", 500, "Checkout", "$5.00"],
  ])("%s of %i", async (kind, amount, words, sum) => {
    const html = await read(payment({ kind, amount }));
    expect(tableOf(html)).toEqual([
      ["Date", "For", "Amount"],
      ["Sep 5, 2026", `Micro-Feature Development\n${words}`, sum],
    ]);
    // Struck out when, and only when, it was not charged.
    expect(html.includes("<s ")).toBe(kind === "attempt");
  });

  it("links to the invoice, by a name that tells it from the others", async () => {
    const html = await read(
      payment({ id: "a", invoiceUrl: "https://invoice.example/1", title: "AIaaS Pro" }),
      payment({ id: "b", invoiceUrl: "https://invoice.example/2", title: "AIaaS Starter" }),
      payment({ id: "c" }),
    );
    expect(links(html)).toEqual([
      "Invoice for AIaaS Pro → https://invoice.example/1",
      "Invoice for AIaaS Starter → https://invoice.example/2",
    ]);
    expect(tableOf(html).map(([, what]) => what)).toEqual([
      "For",
      "AIaaS Pro\nPaid · Invoice for AIaaS Pro",
      "AIaaS Starter\nPaid · Invoice for AIaaS Starter",
      "Micro-Feature Development\nPaid",
    ]);
  });

  it("does not invent a name that nobody knows, and counts in the payment's own currency", async () => {
    const html = await read(
      payment({ title: null, currency: "jpy", amount: 2500, invoiceUrl: "https://invoice.example/1" }),
    );
    expect(tableOf(html)[1]).toEqual(["Sep 5, 2026", "A payment\nPaid · Invoice for a payment", "¥2,500"]);
  });

  it("tells a program the moment, and a screen reader the table", async () => {
    const html = await read(payment({}));
    expect(element(html, "time").attributes.dateTime).toBe("2026-09-05T23:30:00.000Z");
    expect(element(html, "caption").text).toBe("Payments");
  });
});
