/**
 * A paying customer's browser takes so long to return to the shop: webhooks may be there before it
 * (https://docs.stripe.com/checkout/fulfillment).
 */
export const redirects = { delayMs: 0 };

export const beforeRedirect = (): Promise<void> =>
  new Promise((go) => {
    if (redirects.delayMs === 0) go();
    else setTimeout(go, redirects.delayMs);
  });
