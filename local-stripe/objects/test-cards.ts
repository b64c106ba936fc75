/** The reasons for which a bank refuses, in Stripe's codes and words (https://docs.stripe.com/declines/codes). */
export interface Decline {
  readonly code: string;
  readonly decline_code?: string;
  readonly message: string;
}

/** The customer's bank answers in these ways, whatever the means of payment (https://docs.stripe.com/testing). */
export interface TestInstrument {
  readonly number: string;
  /** Every charge is refused. */
  readonly decline?: Decline;
  /** It attaches without complaint and is refused only when charged. */
  readonly attaches?: true;
  /** `setup`: authenticated once, good for later charges; `always`: each charge asks again. */
  readonly authentication?: "setup" | "always";
  readonly dispute?: { readonly reason: string; readonly inquiry?: true };
  /** The answer never comes. */
  readonly silent?: true;
}

export interface TestCard extends TestInstrument {
  readonly brand: "visa" | "mastercard" | "amex";
}

const declined = (decline_code: string, message = "Your card was declined."): Decline => ({
  code: "card_declined",
  decline_code,
  message,
});

export const DECLINES = {
  generic_decline: declined("generic_decline"),
  insufficient_funds: declined("insufficient_funds", "Your card has insufficient funds."),
  expired_card: { code: "expired_card", decline_code: "expired_card", message: "Your card has expired." },
  incorrect_cvc: {
    code: "incorrect_cvc",
    decline_code: "incorrect_cvc",
    message: "Your card's security code is incorrect.",
  },
  processing_error: {
    code: "processing_error",
    decline_code: "processing_error",
    message: "An error occurred while processing your card. Try again in a little bit.",
  },
  authentication_required: {
    code: "authentication_required",
    decline_code: "authentication_required",
    message: "Your card was declined. This transaction requires authentication.",
  },
} as const satisfies Record<string, Decline>;

const CARDS: readonly TestCard[] = [
  { number: "4242424242424242", brand: "visa" },
  { number: "4000056655665556", brand: "visa" },
  { number: "5555555555554444", brand: "mastercard" },
  { number: "378282246310005", brand: "amex" },
  { number: "4000000000000002", brand: "visa", decline: DECLINES.generic_decline },
  { number: "4000000000009995", brand: "visa", decline: DECLINES.insufficient_funds },
  { number: "4000000000000069", brand: "visa", decline: DECLINES.expired_card },
  { number: "4000000000000127", brand: "visa", decline: DECLINES.incorrect_cvc },
  { number: "4000000000000119", brand: "visa", decline: DECLINES.processing_error },
  { number: "4000000000000341", brand: "visa", decline: DECLINES.generic_decline, attaches: true },
  { number: "4000002500003155", brand: "visa", authentication: "setup" },
  { number: "4000000000003220", brand: "visa", authentication: "always" },
  { number: "4000002760003184", brand: "visa", authentication: "always" },
  { number: "4000000000000259", brand: "visa", dispute: { reason: "fraudulent" } },
  { number: "4000000000001976", brand: "visa", dispute: { reason: "fraudulent", inquiry: true } },
];

const byNumber = new Map(CARDS.map((card) => [card.number, card]));

/** Ids and tokens that Stripe shares with everyone, without `pm_card_` or `tok_`. */
const SHARED: Readonly<Record<string, string>> = {
  visa: "4242424242424242",
  visa_debit: "4000056655665556",
  mastercard: "5555555555554444",
  amex: "378282246310005",
  chargeDeclined: "4000000000000002",
  visa_chargeDeclined: "4000000000000002",
  chargeDeclinedInsufficientFunds: "4000000000009995",
  visa_chargeDeclinedInsufficientFunds: "4000000000009995",
  chargeDeclinedExpiredCard: "4000000000000069",
  chargeDeclinedIncorrectCvc: "4000000000000127",
  chargeDeclinedProcessingError: "4000000000000119",
  chargeCustomerFail: "4000000000000341",
  authenticationRequiredOnSetup: "4000002500003155",
  authenticationRequired: "4000002760003184",
  threeDSecure2Required: "4000000000003220",
  createDispute: "4000000000000259",
  createDisputeInquiry: "4000000000001976",
};

export const cardByNumber = (number: string): TestCard | undefined => byNumber.get(number);

export function sharedCard(idOrToken: string): TestCard | undefined {
  const name = idOrToken.replace(/^(pm_card_|tok_)/, "");
  return name === idOrToken ? undefined : byNumber.get(SHARED[name] ?? "");
}
