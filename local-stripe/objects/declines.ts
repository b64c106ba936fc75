/**
 * A bank's refusal, field by field as an error reports it (type: `Stripe.PaymentIntent.LastPaymentError`; codes and words:
 * https://docs.stripe.com/declines/codes).
 */
export interface Decline {
  readonly code: string;
  readonly decline_code?: string;
  readonly message: string;
  readonly param?: string;
  /** Stripe's advice on how to go on. */
  readonly advice_code?: "confirm_card_data" | "do_not_try_again" | "try_again_later";
  /** The card network's reason. */
  readonly network_decline_code?: string;
  /** The card network's advice. */
  readonly network_advice_code?: string;
}

const declined = (
  decline_code: string,
  more: Partial<Decline>,
  message = "Your card was declined.",
): Decline => ({ code: "card_declined", decline_code, message, ...more });

const LATER = { advice_code: "try_again_later" } as const;
const CORRECTED = { advice_code: "confirm_card_data", network_advice_code: "03" } as const;
const NEVER = { advice_code: "do_not_try_again", network_advice_code: "01" } as const;

/** By reason. The fields beside code and message: recorded. */
export const DECLINES = {
  generic_decline: declined("generic_decline", { ...LATER, network_decline_code: "01" }),
  insufficient_funds: declined(
    "insufficient_funds",
    { ...LATER, network_decline_code: "51", network_advice_code: "02" },
    "Your card has insufficient funds.",
  ),
  expired_card: {
    code: "expired_card",
    decline_code: "expired_card",
    message: "Your card has expired.",
    param: "exp_month",
    ...CORRECTED,
    network_decline_code: "54",
  },
  incorrect_cvc: {
    code: "incorrect_cvc",
    decline_code: "incorrect_cvc",
    message: "Your card's security code is incorrect.",
    param: "cvc",
    ...CORRECTED,
    network_decline_code: "N7",
  },
  processing_error: {
    code: "processing_error",
    decline_code: "processing_error",
    message: "An error occurred while processing your card. Try again in a little bit.",
    ...LATER,
    network_decline_code: "06",
  },
  authentication_required: {
    code: "authentication_required",
    decline_code: "authentication_required",
    message: "Your card was declined. This transaction requires authentication.",
  },
  card_velocity_exceeded: declined(
    "card_velocity_exceeded",
    { ...LATER, network_decline_code: "61", network_advice_code: "02" },
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
  ),
  lost_card: declined("lost_card", { ...NEVER, network_decline_code: "41" }),
  stolen_card: declined("stolen_card", { ...NEVER, network_decline_code: "43" }),
} as const satisfies Record<string, Decline>;

/** Nobody passed the bank's check: no network was asked (https://docs.stripe.com/payments/paymentintents/lifecycle). */
export const AUTHENTICATION_FAILURE: Decline = {
  code: "payment_intent_authentication_failure",
  message:
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
};

/** Real cards mean nothing here (https://docs.stripe.com/declines/codes). */
export const NOT_A_TEST_CARD: Decline = {
  code: "card_declined",
  decline_code: "test_mode_live_card",
  message:
    "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.",
};
