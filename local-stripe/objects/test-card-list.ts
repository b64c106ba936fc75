import { DECLINES } from "./declines";
import type { TestCard } from "./test-instrument";

const FRAUD = { reason: "fraudulent" } as const;
const { generic_decline } = DECLINES;

/** Numbers, names and answers: https://docs.stripe.com/testing. The names follow `pm_card_` or `tok_`. */
export const CARDS: readonly (TestCard & { readonly names: readonly string[] })[] = [
  { number: "4242424242424242", brand: "visa", names: ["visa", "us"] },
  { number: "4000056655665556", brand: "visa", names: ["visa_debit"], funding: "debit" },
  { number: "5555555555554444", brand: "mastercard", names: ["mastercard"] },
  { number: "2223003122003222", brand: "mastercard", names: [] },
  { number: "5200828282828210", brand: "mastercard", names: ["mastercard_debit"], funding: "debit" },
  { number: "5105105105105100", brand: "mastercard", names: ["mastercard_prepaid"], funding: "prepaid" },
  // Recorded: the shared American Express card ends in 8431.
  { number: "371449635398431", brand: "amex", names: ["amex"] },
  {
    number: "378282246310005",
    brand: "amex",
    names: ["amex_threeDSecureNotSupported"],
    withoutAuthentication: true,
  },
  { number: "6011111111111117", brand: "discover", names: ["discover"] },
  { number: "6011000990139424", brand: "discover", names: [] },
  { number: "6011981111111113", brand: "discover", names: [], funding: "debit" },
  { number: "3056930009020004", brand: "diners", names: ["diners"] },
  { number: "36227206271667", brand: "diners", names: [] },
  { number: "3566002020360505", brand: "jcb", names: ["jcb"], country: "JP" },
  { number: "6200000000000005", brand: "unionpay", names: ["unionpay"], country: "CN" },
  { number: "6200000000000047", brand: "unionpay", names: [], country: "CN", funding: "debit" },

  { number: "4000001240000000", brand: "visa", names: ["ca"], country: "CA" },
  { number: "4000008260000000", brand: "visa", names: ["gb"], country: "GB" },
  { number: "4000002760000016", brand: "visa", names: ["de"], country: "DE" },
  { number: "4000002500000003", brand: "visa", names: ["fr"], country: "FR" },
  { number: "4000000360000006", brand: "visa", names: ["au"], country: "AU" },

  {
    number: "4000000000000002",
    brand: "visa",
    names: ["chargeDeclined", "visa_chargeDeclined"],
    decline: generic_decline,
  },
  {
    number: "4000000000009995",
    brand: "visa",
    names: ["chargeDeclinedInsufficientFunds", "visa_chargeDeclinedInsufficientFunds"],
    decline: DECLINES.insufficient_funds,
  },
  {
    number: "4000000000009987",
    brand: "visa",
    names: ["chargeDeclinedLostCard", "visa_chargeDeclinedLostCard"],
    decline: DECLINES.lost_card,
  },
  {
    number: "4000000000009979",
    brand: "visa",
    names: ["chargeDeclinedStolenCard", "visa_chargeDeclinedStolenCard"],
    decline: DECLINES.stolen_card,
  },
  {
    number: "4000000000006975",
    brand: "visa",
    names: ["chargeDeclinedVelocityLimitExceeded", "visa_chargeDeclinedVelocityLimitExceeded"],
    decline: DECLINES.card_velocity_exceeded,
  },
  {
    number: "4000000000000069",
    brand: "visa",
    names: ["chargeDeclinedExpiredCard"],
    decline: DECLINES.expired_card,
  },
  {
    number: "4000000000000127",
    brand: "visa",
    names: ["chargeDeclinedIncorrectCvc"],
    decline: DECLINES.incorrect_cvc,
    fails: ["cvc"],
  },
  {
    number: "4000000000000119",
    brand: "visa",
    names: ["chargeDeclinedProcessingError"],
    decline: DECLINES.processing_error,
  },
  {
    number: "4000000000000341",
    brand: "visa",
    names: ["chargeCustomerFail"],
    decline: generic_decline,
    attaches: true,
  },

  { number: "4000000000000101", brand: "visa", names: ["cvcCheckFail"], fails: ["cvc"] },
  { number: "4000000000000036", brand: "visa", names: ["avsZipFail"], fails: ["postal_code"] },
  { number: "4000000000000028", brand: "visa", names: ["avsLine1Fail"], fails: ["line1"] },
  { number: "4000000000000010", brand: "visa", names: ["avsFail"], fails: ["line1", "postal_code"] },

  {
    number: "4000002500003155",
    brand: "visa",
    names: ["authenticationRequiredOnSetup"],
    authentication: "setup",
    // Inferred: the digits behind the first six name the country, as the recorded German card's do.
    country: "FR",
  },
  {
    number: "4000002760003184",
    brand: "visa",
    names: ["authenticationRequired"],
    authentication: "always",
    // Recorded.
    country: "DE",
  },
  {
    number: "4000008260003178",
    brand: "visa",
    names: ["authenticationRequiredChargeDeclinedInsufficientFunds"],
    authentication: "always",
    decline: DECLINES.insufficient_funds,
    attaches: true,
    country: "GB",
  },
  {
    number: "4000000000003220",
    brand: "visa",
    names: ["threeDSecure2Required"],
    authentication: "always",
  },
  {
    number: "4000000000003063",
    brand: "visa",
    names: ["threeDSecureRequired"],
    authentication: "always",
  },
  {
    number: "4000008400001629",
    brand: "visa",
    names: ["threeDSecureRequiredChargeDeclined"],
    authentication: "always",
    decline: generic_decline,
    attaches: true,
  },
  { number: "4000000000003055", brand: "visa", names: ["threeDSecureOptional"] },

  { number: "4000000000007726", brand: "visa", names: ["pendingRefund"], refund: "pending" },
  { number: "4000000000005126", brand: "visa", names: ["refundFail"], refund: "fails" },

  {
    number: "4000000000000259",
    brand: "visa",
    names: ["createDispute", "visa_createDispute"],
    dispute: FRAUD,
  },
  {
    number: "4000000000002685",
    brand: "visa",
    names: ["createDisputeProductNotReceived", "visa_createDisputeProductNotReceived"],
    dispute: { reason: "product_not_received" },
  },
  {
    number: "4000000000001976",
    brand: "visa",
    names: ["createDisputeInquiry", "visa_createDisputeInquiry"],
    dispute: { ...FRAUD, inquiry: true },
  },
];
