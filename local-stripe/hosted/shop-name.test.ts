import { afterEach, beforeEach, expect, test } from "vitest";
import { account } from "../kit/account";
import { startLocalStripe } from "../test/harness";
import { confirm, monthlyPrice, subscriptionSession } from "../test/shop";

const local = startLocalStripe();
const before = account.name;

beforeEach(() => {
  account.name = `Ada's <Anvils> & "Hammers" of London`;
});

afterEach(() => {
  account.name = before;
});

const SHOWN = "Ada&#39;s &lt;Anvils&gt; &amp; &quot;Hammers&quot; of London";

async function expectPage(url: unknown, ...parts: string[]): Promise<void> {
  const text = await (await fetch(String(url))).text();
  for (const part of parts) expect(text, String(url)).toContain(part);
  expect(text).not.toContain("Local Stripe");
}

test("customers read the shop's name, not ours, on every page", async () => {
  const session = await subscriptionSession(local);
  await expectPage(
    session.url,
    `<p class="shop">${SHOWN}</p>`,
    ` · ${SHOWN}</title>`,
    `allow ${SHOWN} to charge`,
  );
  await confirm(local, session.id);
  await expectPage(session.url, `>Return to ${SHOWN}</a>`);
  const { customer, invoice } = await local.stripe.checkout.sessions.retrieve(session.id, {
    expand: ["invoice"],
  });
  const { hosted_invoice_url } = invoice as { hosted_invoice_url: string };
  await expectPage(hosted_invoice_url, `<p class="shop">${SHOWN}</p>`, `<dt>From</dt><dd>${SHOWN}</dd>`);
  const [charge] = (await local.stripe.charges.list()).data;
  await expectPage(charge?.receipt_url, `<h1>Receipt from ${SHOWN}</h1>`);

  const expired = await subscriptionSession(local);
  await local.stripe.checkout.sessions.expire(expired.id);
  await expectPage(expired.url, `Please return to ${SHOWN} and start again.`);
  await expectPage(`${local.origin}/p/session/nobody`, `Please return to ${SHOWN} and start again.`);

  const portal = await local.stripe.billingPortal.sessions.create({
    customer: String(customer),
    return_url: "http://127.0.0.1:3000/account",
  });
  await expectPage(portal.url, `<p class="shop">${SHOWN}</p>`, `>← Return to ${SHOWN}</a>`);
});

test("the portal says what its configuration says of the shop", async () => {
  const { id } = await local.stripe.billingPortal.configurations.create({
    business_profile: {
      headline: "Anvils & more",
      privacy_policy_url: "https://example.com/privacy",
      terms_of_service_url: "https://example.com/terms",
    },
    features: { invoice_history: { enabled: true } },
  });
  const customer = await local.stripe.customers.create({});
  const portal = await local.stripe.billingPortal.sessions.create({
    configuration: id,
    customer: customer.id,
  });
  await expectPage(
    portal.url,
    "Anvils &amp; more",
    '<a href="https://example.com/terms">Terms</a>',
    '<a href="https://example.com/privacy">Privacy</a>',
  );
});

test("a card's statement has as much of it as fits, without what may not be there", async () => {
  const { id } = await local.stripe.customers.create({ payment_method: "pm_card_visa" });
  const [method] = (await local.stripe.paymentMethods.list({ customer: id })).data;
  await local.stripe.subscriptions.create({
    customer: id,
    default_payment_method: method?.id as string,
    items: [{ price: (await monthlyPrice(local)).id }],
  });
  const [charge] = (await local.stripe.charges.list()).data;
  // At most 22 characters, none of < > \ ' " * (https://docs.stripe.com/get-started/account/statement-descriptors).
  expect(charge?.calculated_statement_descriptor).toBe("ADAS ANVILS & HAMMERS");
  const { settings } = await local.stripe.accounts.retrieveCurrent();
  expect(settings?.payments.statement_descriptor).toBe("ADAS ANVILS & HAMMERS");
  expect(settings?.dashboard.display_name).toBe(account.name);
});
