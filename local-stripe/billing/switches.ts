/** Where Stripe's behaviour is not certain, both variants can be played; these are the defaults. */
export const switches = {
  trialPaymentStatus: "no_payment_required" as "no_payment_required" | "paid",
  /** What a card added in the portal becomes the default of. */
  portalCardDefault: "both" as "both" | "customer" | "subscription",
};
