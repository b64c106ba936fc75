const DEFAULTS = {
  trialPaymentStatus: "no_payment_required" as "no_payment_required" | "paid",
  /** What a card added in the portal becomes the default of. */
  portalCardDefault: "both" as "both" | "customer" | "subscription",
};

/** Where Stripe's behaviour is not certain, both variants can be played. */
export const switches = { ...DEFAULTS };

export const switchValues = {
  trialPaymentStatus: ["no_payment_required", "paid"],
  portalCardDefault: ["both", "customer", "subscription"],
} satisfies { [Name in keyof typeof DEFAULTS]: (typeof DEFAULTS)[Name][] };

export function resetSwitches(): void {
  Object.assign(switches, DEFAULTS);
}
