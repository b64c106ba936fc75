import { now } from "../../kit/clock";
import { invalid, StripeError } from "../../kit/errors";
import { emit } from "../../kit/events";
import { newId } from "../../kit/ids";
import { find } from "../../kit/lookup";
import { customers } from "../../objects/customer";
import type { PaymentIntent } from "../../objects/payment-intent";
import {
  type AccountKind,
  bankRecords,
  buildBankAccount,
  buildPaymentMethod,
  buildSepaDebit,
  type Expiry,
  type PaymentMethod,
  paymentMethods,
} from "../../objects/payment-method";
import { sharedAccount } from "../../objects/test-bank-accounts";
import { sharedCard } from "../../objects/test-cards";
import type { TestCard, TestInstrument } from "../../objects/test-instrument";
import { checkAtBank, instrumentOf } from "./bank";

export function createPaymentMethod(
  card: TestCard,
  expiry: Expiry,
  given: Partial<PaymentMethod>,
  hasCvc = true,
): PaymentMethod {
  return keepAtBank(buildPaymentMethod(card, expiry, given, hasCvc), card);
}

export function createBankAccount(
  account: TestInstrument,
  kind: AccountKind,
  given: Partial<PaymentMethod>,
): PaymentMethod {
  return keepAtBank(buildBankAccount(account, kind, given), account);
}

export const createSepaDebit = (account: TestInstrument, given: Partial<PaymentMethod>): PaymentMethod =>
  keepAtBank(buildSepaDebit(account, given), account);

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
  param?: string,
  given: Partial<PaymentMethod> = {},
): PaymentMethod {
  const [card, account] = [sharedCard(id), sharedAccount(id)];
  if (card) return createPaymentMethod(card, inTwoYears(), given);
  return account ? createBankAccount(account, {}, given) : find(paymentMethods, id, param);
}

/** The card behind a token, which Stripe shares with everyone. */
export function cardOfToken(token: string): TestCard {
  const card = token.startsWith("tok_") ? sharedCard(token) : undefined;
  if (!card) throw invalid(`Invalid token id: ${token}`, { code: "resource_missing", param: "token" });
  return card;
}

/**
 * Attaches a card in the older way, under an id of that time (https://docs.stripe.com/payments/payment-methods/transitioning):
 * it is a payment method all the same, and pays where nothing else is the default.
 */
export function attachSource(token: string, customer: string): PaymentMethod {
  const card = createPaymentMethod(cardOfToken(token), inTwoYears(), { id: newId("card_1") });
  return attach(card, customer);
}

/** Nobody's invoice is paid with what somebody else has kept. */
export function refuseForeign(method: PaymentMethod, customer: string | null): void {
  const { id, customer: owner } = method;
  refuseUsed(method);
  if (owner === null || owner === customer) return;
  throw invalid(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: "resource_missing", param: "payment_method" },
  );
}

/**
 * Remembers that a payment method was used while it belonged to nobody.
 * @param keeps it was used so that it can be kept
 */
export function markUsed({ id }: PaymentMethod, keeps: boolean): void {
  if (paymentMethods.must(id).customer !== null) return;
  bankRecords.update(id, { used: keeps ? "saved" : "spent" });
}

/** Only a customer's payment method is used a second time. */
export function refuseUsed({ id, customer }: PaymentMethod): void {
  if (customer !== null || !bankRecords.get(id)?.used) return;
  throw invalid(
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.",
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
  if (bankRecords.get(method.id)?.used === "spent") {
    throw invalid(
      "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.",
    );
  }
  const { decline, attaches } = instrumentOf(method);
  if (decline && !attaches) throw new StripeError(402, { type: "card_error", ...decline });
  const attached = paymentMethods.put({ ...checkAtBank(method), customer });
  emit("payment_method.attached", attached);
  return attached;
}

/**
 * Attaches the method that pays to the customer, if the intent asks for it (type: the comment of
 * `Stripe.PaymentIntent.setup_future_usage`).
 */
export function keepIfAsked(intent: PaymentIntent, method: PaymentMethod): void {
  if (intent.customer && keepsMethod(intent, method)) attach(method, intent.customer);
}

type Options = Readonly<Record<string, { readonly setup_future_usage?: string | null } | undefined>>;

/** The options of an intent or a session that are meant for one type of payment method. */
export const optionsOfType = (options: object | null | undefined, type: string) =>
  (options as Options | null | undefined)?.[type];

/** The options of this type of payment method go before what is asked of all. */
export function keepsMethod(intent: PaymentIntent, { type }: PaymentMethod): boolean {
  const own = optionsOfType(intent.payment_method_options, type)?.setup_future_usage;
  return (own ?? intent.setup_future_usage ?? "none") !== "none";
}

export function detach(method: PaymentMethod): PaymentMethod {
  if (method.customer === null) {
    throw invalid(
      "The payment method you provided is not attached to a customer so detachment is impossible.",
    );
  }
  const detached = paymentMethods.put({ ...method, customer: null });
  bankRecords.update(method.id, { used: "spent" });
  const owner = customers.get(method.customer);
  if (owner?.invoice_settings.default_payment_method === method.id) {
    const invoice_settings = { ...owner.invoice_settings, default_payment_method: null };
    emit("customer.updated", customers.put({ ...owner, invoice_settings }), owner);
  }
  if (owner?.default_source === method.id) customers.update(owner.id, { default_source: null });
  emit("payment_method.detached", detached, method);
  return detached;
}
