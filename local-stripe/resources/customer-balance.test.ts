import type Stripe from "stripe";
import { expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";

/** Source of these rules: https://docs.stripe.com/billing/customer/balance. */

const local = startLocalStripe();
const customers = () => local.stripe.customers;

const balanceOf = async (id: string) => ((await customers().retrieve(id)) as Stripe.Customer).balance;

/** Oldest first: why the balance moved, by how much, and to what. */
const reasons = async (id: string) =>
  (await customers().listBalanceTransactions(id)).data
    .map(({ type, amount, ending_balance }) => [type, amount, ending_balance])
    .reverse();

async function finalized(customer: string, amount: number): Promise<Stripe.Invoice> {
  const { id } = await local.stripe.invoices.create({ customer });
  await local.stripe.invoiceItems.create({ customer, invoice: id, amount, currency: "usd" });
  return local.stripe.invoices.finalizeInvoice(String(id));
}

test("every move of a balance has a reason", async () => {
  const { id } = await customers().create({ balance: -2000 });
  await customers().update(id, { balance: -1500 });
  await customers().update(id, { name: "Ada" });
  await finalized(id, 1100);
  const partly = await finalized(id, 1234);
  expect(partly).toMatchObject({ starting_balance: -400, ending_balance: 0, amount_due: 834 });
  await local.stripe.invoices.voidInvoice(String(partly.id));
  await finalized(id, -250);
  expect(await reasons(id)).toEqual([
    ["initial", -2000, -2000],
    ["adjustment", 500, -1500],
    ["applied_to_invoice", 1100, -400],
    ["applied_to_invoice", 400, 0],
    ["unapplied_from_invoice", -400, -400],
    ["applied_to_invoice", -250, -650],
  ]);
  expect(await balanceOf(id)).toBe(-650);
});

test.each([
  [49, "paid", 0, 49],
  [50, "open", 50, 0],
])("an invoice of %i cents is %s, for fifty can be charged", async (amount, status, amount_due, balance) => {
  const { id } = await customers().create({});
  expect(await finalized(id, amount)).toMatchObject({ status, amount_due, attempt_count: 0 });
  expect(await balanceOf(id)).toBe(balance);
});

test("what was too small to be charged is owed with the next invoice", async () => {
  const { id } = await customers().create({ balance: 20 });
  await finalized(id, 15);
  expect(await reasons(id)).toEqual([
    ["initial", 20, 20],
    ["applied_to_invoice", -20, 0],
    ["invoice_too_small", 35, 35],
  ]);
  expect(await finalized(id, 1000)).toMatchObject({ status: "open", amount_due: 1035 });
});

test("a transaction adjusts the balance, and can be described later", async () => {
  const { id } = await customers().create({});
  const made = await customers().createBalanceTransaction(id, {
    amount: -500,
    currency: "usd",
    description: "Sorry",
    metadata: { ticket: "17" },
  });
  expect(made).toMatchObject({ amount: -500, ending_balance: -500, type: "adjustment", customer: id });
  expect(await customers().retrieve(id)).toMatchObject({ balance: -500, currency: "usd" });
  await customers().updateBalanceTransaction(id, made.id, {
    description: "Very sorry",
    metadata: { by: "Ada" },
  });
  expect(await customers().retrieveBalanceTransaction(id, made.id)).toMatchObject({
    amount: -500,
    description: "Very sorry",
    metadata: { ticket: "17", by: "Ada" },
  });
  const [event] = (await local.stripe.events.list({ type: "customer.updated" })).data;
  expect(event?.data.previous_attributes).toEqual({ balance: 0, currency: null });
});

test("a balance is a sum of one currency, and a transaction its customer's", async () => {
  const { id } = await customers().create({ balance: 300 });
  const other = await customers().create({});
  const [first] = (await customers().listBalanceTransactions(id)).data;
  await expect(
    customers().createBalanceTransaction(id, { amount: 1, currency: "eur" }),
  ).rejects.toMatchObject({ statusCode: 400, param: "currency" });
  await expect(customers().retrieveBalanceTransaction(other.id, String(first?.id))).rejects.toMatchObject({
    statusCode: 404,
  });
});
