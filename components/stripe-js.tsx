"use client";

import { loadStripe } from "@stripe/stripe-js/pure";
import { useEffect } from "react";

/**
 * Stripe.js, which notices how a person moves before they pay; Stripe's fraud detection works better with it.
 * https://docs.stripe.com/disputes/prevention/advanced-fraud-detection
 */
export function StripeJs({ publishableKey }: { publishableKey: string }) {
  useEffect(() => {
    // Blocked by the person's browser, perhaps: paying works without it.
    loadStripe(publishableKey).catch(() => {});
  }, [publishableKey]);
  return null;
}
