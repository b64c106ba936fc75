import { describe, expect, it } from "vitest";
import { element, links, render, tableOf, textOf } from "@/test/support/render";
import { OrderTable } from "./order-table";

type Order = Parameters<typeof OrderTable>[0]["orders"][number];

const order = (over: Partial<Order>): Order => ({
  id: "11111111-1111-4111-8111-111111111111",
  productName: "Micro-Feature Development",
  amountTotal: 49_900,
  currency: "usd",
  completedAt: new Date("2026-09-05T23:30:00Z"),
  status: "complete",
  paymentStatus: "paid",
  ...over,
});

const read = async (...orders: Order[]) => render(<OrderTable orders={orders} />);

describe("OrderTable", () => {
  it("leads somebody without orders to the catalogue", async () => {
    const html = await read();
    expect(textOf(html)).toBe("No orders yet. A small feature, built for you, is in the catalogue.");
    expect(links(html)).toEqual(["in the catalogue → /pricing"]);
  });

  it.each<[Order["status"], Order["paymentStatus"], string]>([
    ["complete", "paid", "Paid"],
    ["complete", "no_payment_required", "Paid"],
    ["complete", "unpaid", "Waiting for the bank"],
    ["complete", "failed", "Not paid"],
    ["expired", "unpaid", "Not paid"],
    ["open", "unpaid", "Not finished"],
  ])("%s and %s reads as it is", async (status, paymentStatus, words) => {
    expect(tableOf(await read(order({ status, paymentStatus })))).toEqual([
      ["Date", "Order", "Amount"],
      ["Sep 5, 2026", `Micro-Feature Development\n${words}`, "$499.00"],
    ]);
  });

  it("takes every row as it is: product, currency and order of the rows", async () => {
    const html = await read(
      order({ id: "a", productName: null, amountTotal: 2500, currency: "eur" }),
      order({ id: "b", amountTotal: null, currency: null, completedAt: null }),
    );
    expect(tableOf(html).slice(1)).toEqual([
      ["Sep 5, 2026", "A former product\nPaid", "€25.00"],
      ["", "Micro-Feature Development\nPaid", "$0.00"],
    ]);
  });

  it("has a caption for screen readers", async () => {
    expect(element(await read(order({})), "caption").text).toBe("One-time orders");
  });
});
