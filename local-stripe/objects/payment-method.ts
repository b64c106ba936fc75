import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import { TEST_ROUTING_NUMBER } from "./test-bank-accounts";
import type { TestCard, TestInstrument } from "./test-instrument";

export type PaymentMethod = Wire<Stripe.PaymentMethod>;
export type BillingDetails = PaymentMethod["billing_details"];

export const paymentMethods = new Table<PaymentMethod, "customer" | "type">("payment_method", "pm_", {
  customer: (method) => method.customer,
  type: (method) => method.type,
});

/** Only the bank knows the number behind a payment method, and whether 3DS was passed. */
interface BankRecord {
  readonly id: string;
  readonly number: string;
  readonly authenticated: boolean;
  /** Used without a customer: it may still be attached, or nothing may be done with it any more. */
  readonly used?: "saved" | "spent";
}

export const bankRecords = new Table<BankRecord>("bank_record", "");

export const noBillingDetails: BillingDetails = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};

export interface Expiry {
  readonly exp_month: number;
  readonly exp_year: number;
}

const DISPLAY_BRANDS: Readonly<Record<string, string>> = {
  amex: "american_express",
  diners: "diners_club",
  unionpay: "union_pay",
};

type Card = NonNullable<PaymentMethod["card"]>;

/**
 * Nothing is known before the bank was asked (recorded), and nothing of what was not given (type:
 * `Stripe.PaymentMethod.Card.Checks`).
 */
export function uncheckedCard({ address }: BillingDetails, hasCvc: boolean): NonNullable<Card["checks"]> {
  const state = (given: unknown) => (given ? "unchecked" : null);
  return {
    address_line1_check: state(address?.line1),
    address_postal_code_check: state(address?.postal_code),
    cvc_check: state(hasCvc),
  };
}

function build(given: Partial<PaymentMethod> & Pick<PaymentMethod, "type">): PaymentMethod {
  return {
    id: newId("pm_1"),
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: noBillingDetails,
    created: now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    ...given,
  };
}

export function buildPaymentMethod(
  card: TestCard,
  expiry: Expiry,
  given: Partial<PaymentMethod> = {},
  hasCvc = true,
): PaymentMethod {
  return build({
    type: "card",
    card: {
      brand: card.brand,
      checks: uncheckedCard(given.billing_details ?? noBillingDetails, hasCvc),
      country: card.country ?? "US",
      display_brand: DISPLAY_BRANDS[card.brand] ?? card.brand,
      exp_month: expiry.exp_month,
      exp_year: expiry.exp_year,
      fingerprint: `LocalCard${card.number.slice(-7)}`,
      funding: card.funding ?? "credit",
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: !card.withoutAuthentication },
      wallet: null,
    },
    ...given,
  });
}

/** The bank answers debits of these only days later. */
export const DEBITS = ["us_bank_account", "sepa_debit"] as const;

/** Types of which a payment method holds nothing (SDK types); recorded for `klarna`. Nothing here pays with them. */
export const STUBS = [
  "affirm",
  "afterpay_clearpay",
  "alipay",
  "amazon_pay",
  "bancontact",
  "billie",
  "grabpay",
  "klarna",
  "mobilepay",
  "multibanco",
  "oxxo",
  "pay_by_bank",
  "paynow",
  "promptpay",
  "revolut_pay",
  "satispay",
  "swish",
  "twint",
  "wechat_pay",
  "zip",
] as const;
export type Stub = (typeof STUBS)[number];

export const buildStub = (type: Stub, given: Partial<PaymentMethod>): PaymentMethod =>
  build({ type, [type]: {}, ...given });

/** Everything that a payment method can be here. */
export const METHOD_TYPES = ["card", ...DEBITS, ...STUBS] as const;

export function buildSepaDebit(
  { number: iban }: TestInstrument,
  given: Partial<PaymentMethod>,
): PaymentMethod {
  return build({
    type: "sepa_debit",
    sepa_debit: {
      bank_code: iban.slice(4, 9),
      branch_code: "",
      country: iban.slice(0, 2),
      fingerprint: `LocalSepa${iban.slice(-7)}`,
      generated_from: { charge: null, setup_attempt: null },
      last4: iban.slice(-4),
    },
    ...given,
  });
}

type Account = NonNullable<PaymentMethod["us_bank_account"]>;
export type AccountKind = Partial<Pick<Account, "account_holder_type" | "account_type">>;

export function buildBankAccount(
  account: TestInstrument,
  kind: AccountKind,
  given: Partial<PaymentMethod> = {},
): PaymentMethod {
  return build({
    type: "us_bank_account",
    us_bank_account: {
      account_holder_type: "individual",
      account_type: "checking",
      bank_name: "STRIPE TEST BANK",
      financial_connections_account: null,
      fingerprint: `LocalBank${account.number.slice(-7)}`,
      last4: account.number.slice(-4),
      networks: { preferred: "ach", supported: ["ach"] },
      routing_number: TEST_ROUTING_NUMBER,
      status_details: {},
      ...kind,
    },
    ...given,
  });
}
