import { docUrlOf, type ErrorBody, StripeError } from "../../kit/errors";
import { emit } from "../../kit/events";
import { type Charge, charges } from "../../objects/charge";
import { AUTHENTICATION_FAILURE, DECLINES, type Decline } from "../../objects/declines";
import { type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { chargeFor } from "./charges";

/**
 * The bank refused: a failed charge remains, and the intent waits for another payment method
 * (https://docs.stripe.com/payments/paymentintents/lifecycle).
 */
export function fail(intent: PaymentIntent, method: PaymentMethod, decline: Decline): PaymentIntent {
  const charge = charges.put(chargeFor(intent, method, decline));
  emit("charge.failed", charge);
  return giveBack({ ...intent, latest_charge: charge.id }, method, decline, charge);
}

/**
 * The customer failed or left the 3D Secure page: nothing was charged
 * (https://docs.stripe.com/payments/paymentintents/lifecycle).
 */
export const failAuthentication = (intent: PaymentIntent, method: PaymentMethod): PaymentIntent =>
  giveBack(intent, method, AUTHENTICATION_FAILURE);

/** The bank would ask, and nobody is there to answer: nothing was charged (recorded). */
export const failUnasked = (intent: PaymentIntent, method: PaymentMethod): PaymentIntent =>
  giveBack(intent, method, DECLINES.authentication_required);

type LastError = NonNullable<PaymentIntent["last_payment_error"]>;

function giveBack(
  intent: PaymentIntent,
  { id }: PaymentMethod,
  decline: Decline,
  charge?: Charge,
): PaymentIntent {
  const method = paymentMethods.must(id);
  const failed = paymentIntents.put({
    ...intent,
    last_payment_error: {
      ...(decline as Decline & Pick<LastError, "code">),
      doc_url: docUrlOf(decline.code),
      ...(charge ? { charge: charge.id } : {}),
      payment_method: method,
      type: isCardError(method, decline) ? "card_error" : "invalid_request_error",
    },
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  });
  emit("payment_intent.payment_failed", failed);
  return failed;
}

const isCardError = ({ card }: PaymentMethod, decline: Decline): boolean =>
  card !== undefined && decline !== AUTHENTICATION_FAILURE;

/** The refusal of a payment as the API answers it: the intent beside it, and the payment method whole (recorded). */
export function cardError(intent: PaymentIntent, decline: Decline): StripeError {
  return new StripeError(402, {
    type: "card_error",
    ...decline,
    ...attemptIn(intent.last_payment_error),
    payment_intent: intent,
  });
}

/** The charge that failed, if there is one, and the payment method that it was made with. */
export function attemptIn(error: PaymentIntent["last_payment_error"]): Partial<ErrorBody> {
  const { charge, payment_method } = error ?? {};
  return { ...(charge ? { charge } : {}), ...(payment_method ? { payment_method } : {}) };
}
