import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../../test/harness";
import { confirm, monthlyPrice, paymentSession, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

const refused = {
  statusCode: 400,
  message: expect.stringMatching(/^You cannot combine currencies on a single customer\. .* usd$/),
};

/** A customer with a card and a subscription of $20.00. */
async function billedInDollars() {
  const { id: customer } = await local.stripe.customers.create({ payment_method: "pm_card_visa" });
  const [card] = (await local.stripe.paymentMethods.list({ customer })).data;
  const more = { customer, default_payment_method: card?.id };
  const items = [{ price: (await monthlyPrice(local)).id }];
  const subscription = await local.stripe.subscriptions.create({ ...more, items });
  return { customer, more, subscription };
}

const inEuros = async () => [{ price: (await monthlyPrice(local, { currency: "eur" })).id, quantity: 1 }];
const sessionInEuros = async (customer: string) =>
  subscriptionSession(local, { customer, customer_email: undefined, line_items: await inEuros() });

describe("a customer with a running subscription in dollars", () => {
  test("gets no subscription in euros, neither by the API nor by a checkout", async () => {
    const { customer, more } = await billedInDollars();
    await expect(
      local.stripe.subscriptions.create({ ...more, items: await inEuros() }),
    ).rejects.toMatchObject(refused);
    await expect(sessionInEuros(customer)).rejects.toMatchObject(refused);
    expect((await local.stripe.subscriptions.list({ customer })).data).toHaveLength(1);
  });

  test("cannot pay a checkout in euros that was open before, and is not charged for it", async () => {
    const { id: customer } = await local.stripe.customers.create({ payment_method: "pm_card_visa" });
    const [card] = (await local.stripe.paymentMethods.list({ customer })).data;
    const { id } = await sessionInEuros(customer);
    await local.stripe.subscriptions.create({
      customer,
      default_payment_method: card?.id,
      items: [{ price: (await monthlyPrice(local)).id }],
    });
    await expect(confirm(local, id)).rejects.toMatchObject(refused);
    const charges = (await local.stripe.charges.list({ customer })).data;
    expect(charges.map(({ currency }) => currency)).toEqual(["usd"]);
  });

  test("buys single things in any currency, and other plans in dollars", async () => {
    const { customer, more } = await billedInDollars();
    const { id: once } = await monthlyPrice(local, { currency: "eur", recurring: undefined });
    const single = { customer, customer_email: undefined, line_items: [{ price: once, quantity: 1 }] };
    await confirm(local, (await paymentSession(local, single)).id);
    const items = [{ price: (await monthlyPrice(local)).id }];
    expect(await local.stripe.subscriptions.create({ ...more, items })).toMatchObject({ status: "active" });
  });

  test("is free for another currency once it has ended", async () => {
    const { more, subscription } = await billedInDollars();
    await local.stripe.subscriptions.cancel(subscription.id);
    const items = await inEuros();
    expect(await local.stripe.subscriptions.create({ ...more, items })).toMatchObject({ currency: "eur" });
  });
});
