import { type ErrorBody, invalid } from "../../kit/errors";
import type { PaymentMethod } from "../../objects/payment-method";
import { refuseUsed } from "./payment-methods";

/** The words in which each kind of intent refuses a customer's payment method because it names no customer (recorded). */
const UNNAMED = {
  PaymentIntent: ({ id, customer }: PaymentMethod) =>
    invalid(
      `The \`payment_method\` parameter supplied ${id} belongs to the Customer ${customer}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
      { code: "parameter_missing", param: "source" },
    ),
  SetupIntent: ({ id, customer }: PaymentMethod) =>
    invalid(
      `The payment method supplied (${id}) belongs to the Customer ${customer}. Please include the Customer in the \`customer\` parameter on the SetupIntent.`,
      { param: "payment_method" },
    ),
};

/**
 * Nobody pays with what somebody else has kept, nor with what was used up.
 * @param carried the intent, where there is one already
 */
export function refuseUnusable(
  method: PaymentMethod,
  customer: string | null,
  asker: keyof typeof UNNAMED,
  carried: Partial<ErrorBody> = {},
): void {
  refuseUsed(method);
  if (method.customer === null || method.customer === customer) return;
  const refusal =
    customer === null
      ? UNNAMED[asker](method)
      : invalid(
          `The PaymentMethod ${method.id} does not belong to the Customer you supplied ${customer}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
          { param: "payment_method" },
        );
  throw invalid(refusal.message, { ...refusal.body, ...carried });
}
