import { env, isDevelopment } from "@/env";
import { contentSecurityPolicy, STRIPE_PAGES } from "./content-security-policy";

/** For pages with a session or credentials: only scripts that carry this request's nonce, and what those load. */
export const noncePolicy = (nonce: string) =>
  contentSecurityPolicy({
    scripts: `'nonce-${nonce}' 'strict-dynamic'`,
    forms: env.STRIPE_API_URL ?? STRIPE_PAGES,
    stripeJs: env.STRIPE_PUBLISHABLE_KEY !== undefined,
    isDevelopment,
  });
