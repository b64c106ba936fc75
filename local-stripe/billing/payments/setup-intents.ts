import { account } from "../../kit/account";
import { emit } from "../../kit/events";
import type { PaymentMethod } from "../../objects/payment-method";
import { buildSetupIntent, type SetupIntent, setupIntents } from "../../objects/setup-intent";
import type { Decline } from "../../objects/test-cards";
import { decideSetup } from "./bank";
import { AUTHENTICATION_FAILURE } from "./payment-intents";
import { attach } from "./payment-methods";

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
  const decision = decideSetup(method, passed);
  if (decision.verdict === "declined") return failSetup(intent, method, decision.decline);
  if (decision.verdict === "authenticate") return requireSetupAction(intent, method, returnUrl);
  const succeeded = succeedSetup(intent, method, intent.customer);
  if (intent.customer) attach(method, intent.customer);
  return succeeded;
}

/** Carries out the customer's answer on the 3D Secure page. */
export function authenticateSetup(intent: SetupIntent, method: PaymentMethod, passed: boolean): SetupIntent {
  return passed
    ? confirmSetup(intent, method, { passed })
    : failSetup(intent, method, AUTHENTICATION_FAILURE);
}

export function failSetup(intent: SetupIntent, method: PaymentMethod, decline: Decline): SetupIntent {
  const { code, decline_code, message } = decline;
  const failed = setupIntents.put({
    ...intent,
    last_setup_error: {
      type: "card_error",
      code: code as NonNullable<SetupIntent["last_setup_error"]>["code"],
      message,
      ...(decline_code ? { decline_code } : {}),
      payment_method: method,
    },
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  });
  emit("setup_intent.setup_failed", failed);
  return failed;
}

export function requireSetupAction(
  intent: SetupIntent,
  method: PaymentMethod,
  returnUrl: string | null,
): SetupIntent {
  const waiting = setupIntents.put({
    ...intent,
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
  const succeeded = setupIntents.put({
    ...intent,
    customer,
    last_setup_error: null,
    next_action: null,
    payment_method: method.id,
    status: "succeeded",
  });
  emit("setup_intent.succeeded", succeeded);
  return succeeded;
}
