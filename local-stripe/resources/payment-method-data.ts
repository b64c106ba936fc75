import type { z } from "zod";
import {
  cardOfToken,
  createPaymentMethod,
  findOrCreatePaymentMethod,
  inTwoYears,
} from "../billing/payments/payment-methods";
import { now } from "../kit/clock";
import { exclusive, missing, StripeError } from "../kit/errors";
import { mergeGiven } from "../kit/merge";
import {
  address,
  choice,
  email,
  emptyable,
  group,
  integerFrom,
  mergeMetadata,
  metadata,
  optional,
  text,
} from "../kit/params";
import { type Decline, NOT_A_TEST_CARD } from "../objects/declines";
import {
  type BillingDetails,
  buildStub,
  METHOD_TYPES,
  noBillingDetails,
  type PaymentMethod,
  paymentMethods,
} from "../objects/payment-method";
import { cardByNumber, passesLuhn } from "../objects/test-cards";
import type { TestCard } from "../objects/test-instrument";
import { accountParams, makeBankAccount, makeSepaDebit, type Shared, sepaParams } from "./debit-data";

export const billingDetails = group(
  optional({
    address: emptyable(address),
    email: emptyable(email),
    name: emptyable(text),
    phone: emptyable(text),
  }),
);

type GivenDetails = Partial<Omit<BillingDetails, "address">> & {
  address?: Partial<NonNullable<BillingDetails["address"]>> | null;
};

export function wholeDetails(before: BillingDetails, given: GivenDetails = {}): BillingDetails {
  const { address } = given.address === null ? noBillingDetails : given;
  return mergeGiven(before, address === undefined ? given : { ...given, address });
}

const cardParams = group(
  optional({
    token: text,
    number: text,
    exp_month: integerFrom(1, 12),
    exp_year: integerFrom(0, 9999),
    cvc: text,
  }),
);

/** The parts of a payment method, given by themselves or within the intent that it is to pay. */
export const paymentMethodParams = {
  type: choice(...METHOD_TYPES),
  ...optional({
    billing_details: billingDetails,
    card: cardParams,
    metadata,
    sepa_debit: sepaParams,
    us_bank_account: accountParams,
  }),
};

type Given = z.output<z.ZodObject<typeof paymentMethodParams>>;

export function makePaymentMethod({
  type,
  card,
  sepa_debit,
  us_bank_account,
  ...given
}: Given): PaymentMethod {
  const shared = {
    billing_details: wholeDetails(noBillingDetails, given.billing_details),
    metadata: mergeMetadata({}, given.metadata),
  };
  if (type === "us_bank_account") return makeBankAccount(us_bank_account, shared);
  if (type === "sepa_debit") return makeSepaDebit(sepa_debit?.iban, shared);
  if (type !== "card") return paymentMethods.put(buildStub(type, shared));
  if (!card) throw missing("card");
  if (!card.token) return cardFromNumber(card, shared);
  return createPaymentMethod(cardOfToken(card.token), inTwoYears(), shared);
}

function cardFromNumber(card: z.output<typeof cardParams>, shared: Shared): PaymentMethod {
  const { number = "", exp_month, exp_year, cvc } = card;
  const test = readNumber(number.replace(/\D/g, ""));
  if (exp_month === undefined) throw missing("card[exp_month]");
  if (exp_year === undefined) throw missing("card[exp_year]");
  const expiry = { exp_month, exp_year: exp_year < 100 ? 2000 + exp_year : exp_year };
  // A card is good until the end of its month.
  if (Date.UTC(expiry.exp_year, exp_month, 1) <= now() * 1000) {
    throw mistyped("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid.");
  }
  if (cvc !== undefined && !/^\d{3,4}$/.test(cvc)) {
    throw mistyped("invalid_cvc", "cvc", "Your card's security code is invalid.");
  }
  return createPaymentMethod(test, expiry, shared, cvc !== undefined);
}

/** Only the test cards pay here, and only a number with a wrong digit is no card's (https://docs.stripe.com/testing). */
function readNumber(number: string): TestCard {
  const test = cardByNumber(number);
  if (test) return test;
  if (!passesLuhn(number)) throw mistyped("incorrect_number", "number", "Your card number is incorrect.");
  throw refused(NOT_A_TEST_CARD);
}

const mistyped = (code: string, param: string, message: string) => refused({ code, param, message });

const refused = (decline: Decline) => new StripeError(402, { type: "card_error", ...decline });

/** The payment method that an intent is given: one that exists, or one that is made of its data. */
export const methodParams = optional({
  payment_method: text,
  payment_method_data: group(paymentMethodParams),
});

export function methodGiven(given: {
  payment_method?: string;
  payment_method_data?: Given;
}): PaymentMethod | undefined {
  if (given.payment_method && given.payment_method_data) {
    throw exclusive("payment_method", "payment_method_data");
  }
  if (given.payment_method_data) return makePaymentMethod(given.payment_method_data);
  return given.payment_method ? findOrCreatePaymentMethod(given.payment_method, "payment_method") : undefined;
}
