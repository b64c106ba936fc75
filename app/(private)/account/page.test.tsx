import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db";
import { checkoutSessions, invoices, nextInvoices, stripeTransactions } from "@/db/schema";
import { newVisitor, outcomeOf } from "@/test/support/next-request";
import { element, links, render, textOf } from "@/test/support/render";
import { productOf, signedIn, subscribe } from "@/test/support/visitor";
import AccountPage, { metadata } from "./page";

vi.mock("next/headers", () => import("@/test/support/next-request"));
vi.mock("./actions", async (original) => {
  const { namedActions } = await import("@/test/support/server-action");
  return namedActions(await original());
});

const open = (notice?: string | string[]) => AccountPage({ searchParams: Promise.resolve({ notice }) });
const read = async (notice?: string | string[]) => render(await open(notice));

const day = (text: string) => new Date(`${text}T12:00:00Z`);

async function payment(userId: string, over: Partial<typeof stripeTransactions.$inferInsert>) {
  const fact = {
    kind: "payment",
    eventType: "payment_intent.succeeded",
    revenue: 0,
    currency: "usd",
  } as const;
  const stripeId = `pi_${randomUUID()}`;
  await db.insert(stripeTransactions).values({
    ...fact,
    stripeId,
    userId,
    amount: 1,
    occurredAt: day("2026-01-01"),
    livemode: false,
    ...over,
  });
}

async function order(userId: string, over: Partial<typeof checkoutSessions.$inferInsert>) {
  const { id: productId } = await productOf("micro_feature_once");
  const stripeId = `cs_${randomUUID()}`;
  const state = { mode: "payment", status: "complete", paymentStatus: "paid", livemode: false } as const;
  await db
    .insert(checkoutSessions)
    .values({ ...state, stripeId, userId, productId, currency: "usd", ...over });
}

beforeEach(() => {
  newVisitor();
});

describe("/account", () => {
  it("is called so", () => {
    expect(metadata.title).toBe("Your account");
  });

  it("asks somebody who is signed out to sign in, and to come back", async () => {
    expect(await outcomeOf(open())).toEqual({ to: "/login?next=%2Faccount" });
  });

  it("is empty for somebody new: no billing to manage", async () => {
    await signedIn({ name: "Grace Hopper" });
    expect(textOf(await read()).split("\n")).toEqual([
      "Grace Hopper",
      "BillingAccess tokens",
      "Plan",
      "Card, invoices, change of plan and cancellation are on Stripe’s billing page.",
      "You have no plan at the moment, and nothing renews.",
      "See prices",
      "Orders",
      "What you bought by the piece.",
      "No orders yet. A small feature, built for you, is in the catalogue.",
      "Payments",
      "Newest first. Dates are in UTC.",
      "No payments yet.",
    ]);
  });

  it("shows the person's own plan, orders and payments, the newest first, and nobody else's", async () => {
    const stranger = await signedIn({ name: "Stranger", stripeCustomerId: `cus_${randomUUID()}` });
    await subscribe(stranger, "aiaas_pro_yearly");
    await payment(stranger.id, { amount: 777_700 });
    await order(stranger.id, { amountTotal: 888_800, completedAt: day("2026-06-06") });

    const user = await signedIn({ stripeCustomerId: `cus_${randomUUID()}` });
    const { stripeId: stripeSubscriptionId, rev } = await subscribe(user, "aiaas_starter_monthly");
    // Stripe's preview, asked for a moment ago.
    await db
      .insert(nextInvoices)
      .values({ stripeSubscriptionId, rev, amountDue: 1750, currency: "usd", askedAt: new Date() });
    const { stripePriceId } = await productOf("aiaas_starter_monthly");
    const invoiceId = `in_${randomUUID()}`;
    await db.insert(invoices).values({
      stripeId: invoiceId,
      userId: user.id,
      status: "paid",
      attemptCount: 1,
      amountDue: 1900,
      amountPaid: 1900,
      currency: "usd",
      hostedInvoiceUrl: "https://invoice.example/mine",
      stripeCreatedAt: day("2026-07-05"),
      livemode: false,
    });
    const renewal = { kind: "invoice_paid", stripePriceId, stripeInvoiceId: invoiceId } as const;
    await payment(user.id, { ...renewal, amount: 1900, occurredAt: day("2026-07-05") });
    await payment(user.id, { kind: "refund", amount: 700, occurredAt: day("2026-08-06") });
    await order(user.id, { amountTotal: 49_900, completedAt: day("2026-05-05") });
    await order(user.id, { amountTotal: 49_800, completedAt: day("2026-06-06"), paymentStatus: "failed" });

    const html = await read();
    expect(html).not.toMatch(/7,777|8,888|Stranger/);
    const [, plan, orders, payments] = html
      .split("<section")
      .map((part) => textOf(`<section${part}`).split("\n"));
    expect(plan?.slice(2)).toEqual([
      "AIaaS StarterActive",
      "Renews on September 5, 2026 for $17.50.",
      "Manage billing",
    ]);
    expect(orders?.slice(6)).toEqual([
      "Jun 6, 2026",
      "Micro-Feature Development",
      "Not paid",
      "$498.00",
      "May 5, 2026",
      "Micro-Feature Development",
      "Paid",
      "$499.00",
    ]);
    expect(payments?.slice(6)).toEqual([
      "Aug 6, 2026",
      "A payment",
      "Refunded to you",
      "-$7.00",
      "Jul 5, 2026",
      "AIaaS Starter",
      "Paid · Invoice for AIaaS Starter",
      "$19.00",
    ]);
    expect(links(html)).toContain("Invoice for AIaaS Starter → https://invoice.example/mine");
    expect(element(html, "form").attributes.action).toBe("openBillingPortal");
    expect(html).toMatch(/href="\/account" aria-current="page"/);
    expect(html).not.toContain('role="alert"');
  });

  it("says why somebody was sent here instead of to a second plan", async () => {
    const user = await signedIn();
    await subscribe(user, "aiaas_pro_yearly");
    const NOTICE =
      "You already have AIaaS Pro. Change it here, under Manage billing, instead of buying a second one. Nothing was charged.";
    const html = await read("already-subscribed");
    expect(textOf(html).split("\n")).toContain(NOTICE);
    expect(html).toContain('role="alert"');
    for (const odd of [undefined, "", "already", ["already-subscribed", "x"]])
      expect(await read(odd)).not.toContain("You already have");

    await signedIn();
    expect(textOf(await read("already-subscribed"))).toContain("You already have a plan. Change it here");
  });
});
