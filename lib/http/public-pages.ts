import { contentSecurityPolicy, STRIPE_PAGES } from "./content-security-policy";

/**
 * The cached pages, the same for everybody. The proxy does not see them, since it costs more than the page: its matcher
 * leaves these out, and next.config.ts says their policy. A page that is not named is served as if it held a session.
 */
export const PUBLIC_PAGES = ["/", "/cancel", "/pricing", "/pricing/yearly"];

const paths = new Set(PUBLIC_PAGES);
export const isPublicPage = (path: string) => paths.has(path);

/** `npm run dev`, the gates and the journeys have a Stripe on this machine, at a port that no build knows. */
const LOOPBACK = "http://127.0.0.1:* http://localhost:*";

/**
 * A cached page cannot carry a nonce: lib/http/page-cache.mjs adds a second policy, which names its inline scripts by their
 * hashes. It holds no secrets and no Stripe.js. Headers are written down at build, so this allows whatever Stripe the
 * server may have when it runs.
 */
export const publicPolicy = ({ NODE_ENV, STRIPE_API_KEY = "", STRIPE_API_URL }: NodeJS.ProcessEnv) =>
  contentSecurityPolicy({
    scripts: "'unsafe-inline'",
    forms: [
      STRIPE_PAGES,
      ...(STRIPE_API_KEY.includes("_live_") ? [] : [LOOPBACK]),
      ...(STRIPE_API_URL ? [new URL(STRIPE_API_URL).origin] : []),
    ].join(" "),
    stripeJs: false,
    isDevelopment: NODE_ENV === "development",
  });
