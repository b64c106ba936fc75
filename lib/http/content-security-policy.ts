import { env, isDevelopment } from "@/env";

/** For pages with a session or credentials: only scripts that carry this request's nonce, and what those load. */
export const noncePolicy = (nonce: string) => policy(`'nonce-${nonce}' 'strict-dynamic'`);

/** A cached page cannot carry a nonce, and Next's inline data scripts have no stable hash. It holds no secrets. */
export const publicPolicy = policy("'unsafe-inline'");

function policy(scripts: string): string {
  // A form that ends in a redirect needs leave for where it leads, too: Checkout and the billing portal.
  const hostedPages = env.STRIPE_API_URL ?? "https://checkout.stripe.com https://billing.stripe.com";
  // https://docs.stripe.com/security/guide#content-security-policy
  const stripeJs = env.STRIPE_PUBLISHABLE_KEY !== undefined;
  return [
    "default-src 'none'",
    `script-src 'self' ${scripts}${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self'${isDevelopment ? " 'unsafe-inline'" : ""}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${stripeJs ? " https://api.stripe.com" : ""}`,
    `frame-src ${stripeJs ? "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com" : "'none'"}`,
    "manifest-src 'self'",
    `form-action 'self' ${hostedPages}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");
}
