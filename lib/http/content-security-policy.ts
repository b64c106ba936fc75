/** Stripe's own pages: a form that ends in a redirect needs leave for where it leads, too. */
export const STRIPE_PAGES = "https://checkout.stripe.com https://billing.stripe.com";

interface Allowed {
  /** Beside the site's own files. */
  scripts: string;
  /** Forms may lead there, beside the site itself. */
  forms: string;
  stripeJs: boolean;
  /** `next dev` evaluates code and injects styles. */
  isDevelopment: boolean;
}

/** It imports nothing: next.config.ts reads it where there is no environment yet. */
export const contentSecurityPolicy = ({ scripts, forms, stripeJs, isDevelopment }: Allowed): string =>
  [
    "default-src 'none'",
    `script-src 'self' ${scripts}${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self'${isDevelopment ? " 'unsafe-inline'" : ""}`,
    "img-src 'self' data:",
    "font-src 'self'",
    // https://docs.stripe.com/security/guide#content-security-policy
    `connect-src 'self'${stripeJs ? " https://api.stripe.com" : ""}`,
    `frame-src ${stripeJs ? "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com" : "'none'"}`,
    "manifest-src 'self'",
    `form-action 'self' ${forms}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");
