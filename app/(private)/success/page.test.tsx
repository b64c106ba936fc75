import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db";
import type { User } from "@/db/queries/users";
import { checkoutSessions } from "@/db/schema";
import { createCheckoutSession } from "@/lib/billing/checkout/session";
import { stripe } from "@/lib/billing/stripe";
import { newVisitor, outcomeOf } from "@/test/support/next-request";
import { elements, links, render, textOf } from "@/test/support/render";
import { productOf, signedIn } from "@/test/support/visitor";
import SuccessPage, { metadata } from "./page";

vi.mock("next/headers", () => import("@/test/support/next-request"));

const open = (session_id?: string | string[]) =>
  SuccessPage({ searchParams: Promise.resolve({ session_id }) });
const read = async (session_id: string) => render(await open(session_id));

const checkout = async (user: User, lookupKey: string) =>
  createCheckoutSession(user, { productId: (await productOf(lookupKey)).id });

/** Stripe's own page makes this call when the person presses the button. */
const confirm = (session: string, payment_method: string, expected_amount: number) =>
  stripe.rawRequest("POST", `/v1/payment_pages/${session}/confirm`, { payment_method, expected_amount });

const receiptOf = (html: string) => {
  const [names, values] = ["dt", "dd"].map((tag) => elements(html, tag).map(({ text }) => text));
  return names?.map((name, index) => [name, values?.[index]]);
};
const said = (html: string) => textOf(html).split("\n").slice(0, 2);

beforeEach(() => {
  newVisitor();
});

describe("/success", () => {
  it("is called so", () => {
    expect(metadata.title).toBe("Your order");
  });

  it("thanks for a plan that is paid, with what it cost and when it renews", async () => {
    const user = await signedIn();
    const { id } = await checkout(user, "aiaas_pro_yearly");
    await confirm(id, "pm_card_visa", 99_900);
    const html = await read(id);
    expect(said(html)).toEqual([
      "Paid. Thank you.",
      "The payment has arrived and what you bought is yours. Your account keeps the record.",
    ]);
    expect(links(html)).toEqual(["Go to your account → /account"]);
    const { subscription } = await stripe.checkout.sessions.retrieve(id, { expand: ["subscription"] });
    const [item] = (subscription as Stripe.Subscription).items.data;
    const renewsAt = new Date((item?.current_period_end ?? 0) * 1000);
    expect(receiptOf(html)).toEqual([
      ["Order", "AIaaS Pro, yearly"],
      ["Paid", "$999.00"],
      ["Renews on", renewsAt.toLocaleDateString("en-US", { dateStyle: "long", timeZone: "UTC" })],
      ["Account", user.email],
    ]);
  });

  it("thanks for a job that is paid, which does not renew, even if it is not sold any more", async () => {
    const user = await signedIn();
    const { id } = await checkout(user, "micro_feature_once");
    await confirm(id, "pm_card_visa", 49_900);
    expect(receiptOf(await read(id))).toEqual([
      ["Order", "Micro-Feature Development"],
      ["Paid", "$499.00"],
      ["Account", user.email],
    ]);
    await db.update(checkoutSessions).set({ productId: null }).where(eq(checkoutSessions.stripeId, id));
    expect(receiptOf(await read(id))?.[0]).toEqual(["Order", "A product that is no longer sold"]);
  });

  it("asks for patience while a bank takes its time", async () => {
    const user = await signedIn();
    const { id } = await checkout(user, "micro_feature_once");
    const account = await stripe.paymentMethods.create({
      type: "us_bank_account",
      us_bank_account: {
        account_holder_type: "individual",
        account_number: "000123456789",
        routing_number: "110000000",
      },
      billing_details: { name: "Ada Lovelace", email: user.email },
    });
    await confirm(id, account.id, 49_900);
    const html = await read(id);
    expect(said(html)).toEqual([
      "Your bank is on it.",
      "You have done your part. The bank has not confirmed the payment yet; that takes minutes with some, days with others. You need not wait here: your account shows it as soon as it is through.",
    ]);
    expect(links(html)).toEqual([`Look again → /success?session_id=${id}`, "Go to your account → /account"]);
    expect(receiptOf(html)?.[1]).toEqual(["Amount", "$499.00"]);
  });

  it("leads back into a checkout that was left", async () => {
    const { id, url } = await checkout(await signedIn(), "aiaas_starter_monthly");
    const html = await read(id);
    expect(said(html)).toEqual([
      "Not paid yet.",
      "This checkout was left before the end, and nothing was charged. It stays open for a while.",
    ]);
    expect(links(html)).toEqual([`Continue to Checkout → ${url}`]);
    expect(receiptOf(html)?.slice(0, 2)).toEqual([
      ["Order", "AIaaS Starter, monthly"],
      ["Amount", "$19.00"],
    ]);
  });

  it("says that nothing was charged when it came to nothing", async () => {
    const { id } = await checkout(await signedIn(), "aiaas_starter_monthly");
    await stripe.checkout.sessions.expire(id);
    const html = await read(id);
    expect(said(html)).toEqual([
      "The payment did not go through.",
      "Nothing was charged. You can try again with another card or another way to pay.",
    ]);
    expect(links(html)).toEqual(["Back to prices → /pricing", "Go to your account → /account"]);
  });

  it("is not found without a session, with an unknown one, and with somebody else's", async () => {
    const owner = await signedIn();
    const { id } = await checkout(owner, "micro_feature_once");
    await signedIn();
    for (const odd of [undefined, [id, id], "", "cs_test_unknown", id])
      expect(await outcomeOf(open(odd))).toEqual({ notFound: true });
  });

  it("asks somebody who is signed out to sign in, and to come back to the same order", async () => {
    expect(await outcomeOf(open("cs_test_1&next=x"))).toEqual({
      to: "/login?next=%2Fsuccess%3Fsession_id%3Dcs_test_1%2526next%253Dx",
    });
    for (const odd of [undefined, [], ["cs_test_1"]])
      expect(await outcomeOf(open(odd))).toEqual({ notFound: true });
  });
});
