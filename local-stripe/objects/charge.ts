import type Stripe from "stripe";
import { account, statementDescriptor } from "../kit/account";
import { now } from "../kit/clock";
import { newId, randomText } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import type { Decline } from "./declines";
import { noBillingDetails, type PaymentMethod } from "./payment-method";

export type Charge = Wire<Stripe.Charge>;

export const charges = new Table<Charge, "customer" | "payment_intent" | "receipt_url">("charge", "ch_", {
  customer: (charge) => charge.customer,
  payment_intent: (charge) => charge.payment_intent,
  receipt_url: (charge) => charge.receipt_url,
});

type Given = Partial<Charge> & Pick<Charge, "amount" | "currency" | "payment_intent">;

/** The words on the cardholder's statement (https://docs.stripe.com/get-started/account/statement-descriptors). */
const onStatement = (suffix: string | null | undefined): string =>
  (suffix ? `${statementDescriptor()}* ${suffix}` : statementDescriptor()).toUpperCase();

export function buildCharge(given: Given, method: PaymentMethod, decline?: Decline): Charge {
  const id = newId("ch_3");
  return {
    id,
    object: "charge",
    amount_captured: decline ? 0 : given.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...noBillingDetails, ...method.billing_details },
    calculated_statement_descriptor: onStatement(given.statement_descriptor_suffix),
    captured: !decline,
    created: now(),
    customer: null,
    description: null,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: outcome(decline),
    paid: !decline,
    payment_method: method.id,
    payment_method_details: detailsOf(given.amount, method, decline),
    radar_options: {},
    receipt_email: null,
    receipt_number: null,
    receipt_url: decline ? null : `${account.origin}/receipts/${randomText(32)}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: decline ? "failed" : "succeeded",
    transfer_data: null,
    transfer_group: null,
    ...given,
  };
}

function outcome(decline: Decline | undefined): Charge["outcome"] {
  return {
    advice_code: decline?.advice_code ?? null,
    network_advice_code: decline?.network_advice_code ?? null,
    network_decline_code: decline?.network_decline_code ?? null,
    network_status: decline ? "declined_by_network" : "approved_by_network",
    reason: decline?.decline_code ?? null,
    risk_level: "normal",
    risk_score: 20,
    seller_message: decline ? toSeller(decline) : "Payment complete.",
    type: decline ? "issuer_declined" : "authorized",
  };
}

const toSeller = ({ decline_code = "generic_decline" }: Decline): string =>
  decline_code === "generic_decline"
    ? "The bank did not return any further details with this decline."
    : `The bank returned the decline code \`${decline_code}\`.`;

type Details = NonNullable<Charge["payment_method_details"]>;

function detailsOf(amount: number, method: PaymentMethod, decline: Decline | undefined): Details {
  const { card, sepa_debit: sepa, us_bank_account: account, type } = method;
  if (card) return { card: cardDetails(amount, card, decline), type };
  if (sepa) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa;
    return { type, sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } };
  }
  if (!account) throw new Error(`${method.id} cannot be charged`);
  const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = account;
  const shown = { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number };
  return { type, us_bank_account: { ...shown, payment_reference: randomText(10, "0123456789") } };
}

function cardDetails(
  amount: number,
  card: NonNullable<PaymentMethod["card"]>,
  decline: Decline | undefined,
): NonNullable<Details["card"]> {
  return {
    amount_authorized: decline ? null : amount,
    authorization_code: null,
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    extended_authorization: { status: "disabled" },
    fingerprint: card.fingerprint,
    funding: card.funding,
    incremental_authorization: { status: "unavailable" },
    installments: null,
    last4: card.last4,
    mandate: null,
    multicapture: { status: "unavailable" },
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: randomText(15, "0123456789"),
    overcapture: { maximum_amount_capturable: amount, status: "unavailable" },
    regulated_status: card.regulated_status,
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}
