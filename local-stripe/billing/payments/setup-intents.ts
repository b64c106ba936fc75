import { account } from "../../kit/account";
import { docUrlOf, StripeError } from "../../kit/errors";
import { emit } from "../../kit/events";
import { AUTHENTICATION_FAILURE, type Decline } from "../../objects/declines";
import type { PaymentMethod } from "../../objects/payment-method";
import { buildSetupAttempt, type SetupAttempt, setupAttempts } from "../../objects/setup-attempt";
import { buildSetupIntent, type SetupIntent, setupIntents } from "../../objects/setup-intent";
import { checkAtBank, decideSetup } from "./bank";
import { attach, markUsed } from "./payment-methods";

export function createSetup(given: Parameters<typeof buildSetupIntent>[0]): SetupIntent {
  const intent = setupIntents.put(buildSetupIntent(given));
  emit("setup_intent.created", intent);
  return intent;
}

/**
 * Keeps a card for later if its bank agrees; with a customer on the intent, as that customer's own
 * (https://docs.stripe.com/payments/setup-intents).
 */
export function confirmSetup(
  intent: SetupIntent,
  method: PaymentMethod,
  { passed = false, returnUrl = null as string | null } = {},
): SetupIntent {
  const decision = decideSetup(method, passed, wantsAuthentication(intent));
  if (decision.verdict === "declined") return failSetup(intent, method, decision.decline);
  if (decision.verdict === "authenticate") return requireSetupAction(intent, method, returnUrl);
  const succeeded = succeedSetup(intent, method, intent.customer);
  if (intent.customer) attach(method, intent.customer);
  return succeeded;
}

/** Type: the comment of `Stripe.SetupIntent.PaymentMethodOptions.Card.request_three_d_secure`. */
const wantsAuthentication = ({ payment_method_options }: SetupIntent): boolean =>
  ["any", "challenge"].includes(payment_method_options?.card?.request_three_d_secure ?? "automatic");

/** Carries out the customer's answer on the 3D Secure page. */
export function authenticateSetup(intent: SetupIntent, method: PaymentMethod, passed: boolean): SetupIntent {
  return passed
    ? confirmSetup(intent, method, { passed })
    : failSetup(intent, method, AUTHENTICATION_FAILURE);
}

type LastError = NonNullable<SetupIntent["last_setup_error"]>;

export function failSetup(intent: SetupIntent, method: PaymentMethod, decline: Decline): SetupIntent {
  const error: LastError = {
    ...(decline as Decline & Pick<LastError, "code">),
    doc_url: docUrlOf(decline.code),
    payment_method: checkAtBank(method),
    type: "card_error",
  };
  const failed = setupIntents.put({
    ...intent,
    last_setup_error: error,
    latest_attempt: attemptOf(intent, method, "failed", error),
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  });
  emit("setup_intent.setup_failed", failed);
  return failed;
}

/** The refusal as the API answers it: the intent and the payment method beside it (recorded). */
export function setupError(intent: SetupIntent): StripeError {
  const { doc_url: _, ...error } = intent.last_setup_error as LastError & Pick<Decline, "code" | "message">;
  return new StripeError(402, { ...error, type: "card_error", setup_intent: intent });
}

export function requireSetupAction(
  intent: SetupIntent,
  method: PaymentMethod,
  returnUrl: string | null,
): SetupIntent {
  const waiting = setupIntents.put({
    ...intent,
    latest_attempt: attemptOf(intent, method, "requires_action"),
    next_action: {
      type: "redirect_to_url",
      redirect_to_url: { return_url: returnUrl, url: `${account.origin}/3ds/${intent.id}` },
    },
    payment_method: method.id,
    status: "requires_action",
  });
  emit("setup_intent.requires_action", waiting);
  return waiting;
}

export function succeedSetup(
  intent: SetupIntent,
  method: PaymentMethod,
  customer: string | null,
): SetupIntent {
  const checked = checkAtBank(method);
  markUsed(checked, true);
  const succeeded = setupIntents.put({
    ...intent,
    customer,
    last_setup_error: null,
    latest_attempt: attemptOf({ ...intent, customer }, checked, "succeeded"),
    next_action: null,
    payment_method: method.id,
    status: "succeeded",
  });
  emit("setup_intent.succeeded", succeeded);
  return succeeded;
}

/** Every confirmation is an attempt of its own; the answer on the bank's page ends the one that waited for it. */
function attemptOf(
  intent: SetupIntent,
  method: PaymentMethod,
  status: "failed" | "requires_action" | "succeeded",
  setup_error: SetupAttempt["setup_error"] = null,
): string {
  const [begun] = setupAttempts
    .where({ setup_intent: intent.id })
    .filter((attempt) => attempt.status === "requires_action" && intent.status === "requires_action");
  const attempt = buildSetupAttempt(intent, method, { setup_error, status });
  return setupAttempts.put(begun ? { ...attempt, id: begun.id, created: begun.created } : attempt).id;
}

export function cancelSetup(
  intent: SetupIntent,
  cancellation_reason: SetupIntent["cancellation_reason"],
): SetupIntent {
  const canceled = setupIntents.put({
    ...intent,
    cancellation_reason,
    next_action: null,
    status: "canceled",
  });
  emit("setup_intent.canceled", canceled);
  return canceled;
}
