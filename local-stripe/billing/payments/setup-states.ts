import { invalid, type StripeError } from "../../kit/errors";
import type { SetupIntent } from "../../objects/setup-intent";

/** The requests that a setup intent refuses in its state: recorded, word for word. */

const OPEN = ["requires_payment_method", "requires_confirmation", "requires_action"];

const unexpectedState = (message: string, setup_intent: SetupIntent): StripeError =>
  invalid(message, { code: "setup_intent_unexpected_state", setup_intent });

export function missingSetupMethod(intent: SetupIntent): StripeError {
  return unexpectedState(
    "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the SetupIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    intent,
  );
}

export function refuseEnded(intent: SetupIntent, doing: "confirm" | "update"): void {
  if (OPEN.includes(intent.status)) return;
  const why = intent.status === "canceled" ? "has been canceled" : "has already succeeded";
  throw unexpectedState(`You cannot ${doing} this SetupIntent because it ${why}.`, intent);
}

export function refuseSetupCancellation(intent: SetupIntent): void {
  if (OPEN.includes(intent.status)) return;
  throw unexpectedState(
    intent.status === "canceled"
      ? "You cannot cancel this SetupIntent because it is already canceled."
      : `You cannot cancel this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with one of the following statuses may be canceled: \`requires_payment_method\`, \`requires_confirmation\`, or \`requires_action\`.`,
    intent,
  );
}
