import { now } from "../../kit/clock";
import { invalid, noSuch, StripeError } from "../../kit/errors";
import { emit } from "../../kit/events";
import { customers } from "../../objects/customer";
import type { PaymentIntent } from "../../objects/payment-intent";
import {
  type AccountKind,
  bankRecords,
  buildBankAccount,
  buildPaymentMethod,
  type Expiry,
  type PaymentMethod,
  paymentMethods,
} from "../../objects/payment-method";
import { sharedAccount } from "../../objects/test-bank-accounts";
import { sharedCard, type TestCard, type TestInstrument } from "../../objects/test-cards";
import { instrumentOf } from "./bank";

export function createPaymentMethod(
  card: TestCard,
  expiry: Expiry,
  given: Partial<PaymentMethod>,
): PaymentMethod {
  return keepAtBank(buildPaymentMethod(card, expiry, given), card);
}

export function createBankAccount(
  account: TestInstrument,
  kind: AccountKind,
  given: Partial<PaymentMethod>,
): PaymentMethod {
  return keepAtBank(buildBankAccount(account, kind, given), account);
}

function keepAtBank(method: PaymentMethod, { number }: TestInstrument): PaymentMethod {
  bankRecords.put({ id: method.id, number, authenticated: false });
  return paymentMethods.put(method);
}

/**
 * Shared ids such as `pm_card_visa` stand for a fresh payment method each time they are used
 * (https://docs.stripe.com/testing).
 */
export function findOrCreatePaymentMethod(
  id: string,
  param: string,
  given: Partial<PaymentMethod> = {},
): PaymentMethod {
  const [card, account] = [sharedCard(id), sharedAccount(id)];
  const method = card
    ? createPaymentMethod(card, inTwoYears(), given)
    : account
      ? createBankAccount(account, {}, given)
      : paymentMethods.get(id);
  if (!method) throw noSuch("PaymentMethod", id, param);
  return method;
}

/** Nobody pays with what somebody else has kept. */
export function refuseForeign({ id, customer: owner }: PaymentMethod, customer: string | null): void {
  if (owner === null || owner === customer) return;
  throw invalid(
    customer === null
      ? `The PaymentMethod ${id} belongs to the Customer ${owner}. Please include the Customer in the \`customer\` parameter.`
      : `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: "resource_missing", param: "payment_method" },
  );
}

export function inTwoYears(): Expiry {
  return { exp_month: 12, exp_year: new Date(now() * 1000).getUTCFullYear() + 2 };
}

export function attach(method: PaymentMethod, customer: string): PaymentMethod {
  if (method.customer === customer) return method;
  if (method.customer !== null) {
    throw invalid("The payment method you provided has already been attached to a customer.");
  }
  const { decline, attaches } = instrumentOf(method);
  if (decline && !attaches) throw new StripeError(402, { type: "card_error", ...decline });
  const attached = paymentMethods.put({ ...method, customer });
  emit("payment_method.attached", attached);
  return attached;
}

/**
 * Attaches the method that pays to the customer, if the intent asks for it (type: the comment of
 * `Stripe.PaymentIntent.setup_future_usage`).
 */
export function keepIfAsked(
  { setup_future_usage, customer }: Pick<PaymentIntent, "setup_future_usage" | "customer">,
  method: PaymentMethod,
): void {
  if (setup_future_usage && customer) attach(method, customer);
}

export function detach(method: PaymentMethod): PaymentMethod {
  if (method.customer === null) {
    throw invalid(
      "The payment method you provided is not attached to a customer so detachment is impossible.",
    );
  }
  const detached = paymentMethods.put({ ...method, customer: null });
  const owner = customers.get(method.customer);
  if (owner?.invoice_settings.default_payment_method === method.id) {
    const invoice_settings = { ...owner.invoice_settings, default_payment_method: null };
    emit("customer.updated", customers.put({ ...owner, invoice_settings }), owner);
  }
  emit("payment_method.detached", detached, method);
  return detached;
}
