type Code = "product_not_found" | "already_subscribed" | "currency_mismatch" | "checkout_in_progress";

/** A reason why a checkout cannot begin; all of them are the visitor's to resolve, not failures of ours. */
export class CheckoutError extends Error {
  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message);
  }
}
