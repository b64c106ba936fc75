import { type ErrorBody, invalid, type StripeError } from "../../kit/errors";
import { invoicePayments } from "../../objects/invoice-payment";
import type { PaymentIntent } from "../../objects/payment-intent";

/** The requests that a payment intent refuses in its state; the words are recorded where nothing else is said. */

const OPEN = ["requires_payment_method", "requires_confirmation", "requires_action"];

export function unexpectedState(
  message: string,
  payment_intent: PaymentIntent,
  more: Partial<ErrorBody> = {},
): StripeError {
  return invalid(message, { code: "payment_intent_unexpected_state", ...more, payment_intent });
}

export function refuseConfirmation(intent: PaymentIntent): void {
  if (OPEN.includes(intent.status)) return;
  throw unexpectedState(
    intent.status === "succeeded"
      ? "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
      : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action, requires_payment_method.`,
    intent,
  );
}

export function missingMethod(intent: PaymentIntent): StripeError {
  const how = intent.customer
    ? `To confirm the PaymentIntent with ${intent.customer}, specify a payment method attached to this customer along with the customer ID.`
    : "You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.";
  return unexpectedState(
    `You cannot confirm this PaymentIntent because it's missing a payment method. ${how}`,
    intent,
  );
}

export function refuseCancellation(intent: PaymentIntent): void {
  if (![...OPEN, "requires_capture"].includes(intent.status)) {
    throw unexpectedState(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, requires_action, expired, processing.`,
      intent,
    );
  }
  if (isInvoiced(intent)) {
    throw invalid("You cannot cancel PaymentIntents created by invoices. You may void the invoice instead.");
  }
}

/** Recorded for the amount; the other parameters in its words (inferred). */
export function refuseLateChange(intent: PaymentIntent, param: string): void {
  if (!OPEN.includes(intent.status)) {
    throw unexpectedState(
      `This PaymentIntent's ${param} could not be updated because it has a status of ${intent.status}. You may only update the ${param} of a PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, requires_action.`,
      intent,
      { param },
    );
  }
  if (isInvoiced(intent)) {
    throw unexpectedState(
      `You cannot update the ${param} of this PaymentIntent because it was created by an invoice.`,
      intent,
      { param },
    );
  }
}

const isInvoiced = ({ id }: PaymentIntent) => invoicePayments.where({ payment_intent: id }).length > 0;
