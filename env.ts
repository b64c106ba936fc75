import { z } from "zod";

/**
 * The only reader of `process.env`. Everything else imports `env`, so a missing or malformed variable
 * stops the boot with one message (instrumentation.ts) instead of surfacing at the first request that needs it.
 */

const origin = z
  .url()
  .transform((url) => new URL(url))
  .refine((url) => url.pathname === "/" && !url.search && !url.hash, "must be an origin without a path")
  .transform((url) => url.origin);

/** Passwords and cookies travel there, so they are encrypted, unless they never leave this machine. */
function isPrivate(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  const isLocal = /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && isLocal);
}

/** "a, b" → ["a", "b"]; empty entries are dropped so that a trailing comma is harmless. */
const commaList = z.string().transform((list) =>
  list
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean),
);

const schema = z
  .object({
    DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must start with postgres://"),
    DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(100).optional(),
    STRIPE_API_KEY: z
      .string()
      .regex(/^(sk|rk)_(test|live)_\w+$/, "must be a secret key: sk_test_… or sk_live_…"),
    STRIPE_WEBHOOK_SECRET: commaList
      .refine((secrets) => secrets.length > 0, "must hold at least one secret")
      .refine(
        (secrets) => secrets.every((secret) => /^whsec_./.test(secret)),
        "must start with whsec_, and go on",
      ),
    STRIPE_API_URL: origin.optional(),
    STRIPE_PUBLISHABLE_KEY: z
      .string()
      .regex(/^pk_(test|live)_\w+$/, "must be a publishable key: pk_test_… or pk_live_…")
      .optional(),
    AUTH_SECRET: z
      .string()
      .min(32, "must have at least 32 characters; make one with: openssl rand -base64 33"),
    APP_URL: origin.refine(isPrivate, "must begin with https://, except on localhost"),
    ALLOWED_REDIRECT_ORIGINS: commaList.pipe(z.array(origin)).default([]),
    TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
    CRON_SECRET: z
      .string()
      .min(16, "must have at least 16 characters; make one with: openssl rand -base64 24")
      .optional(),
    RECONCILE_EVERY_MINUTES: z.coerce.number().int().min(0).max(60).default(5),
  })
  .refine((env) => !(env.STRIPE_API_URL && env.STRIPE_API_KEY.includes("_live_")), {
    path: ["STRIPE_API_URL"],
    message: "points away from Stripe while STRIPE_API_KEY is a live key; unset one of the two",
  })
  .refine(
    ({ STRIPE_PUBLISHABLE_KEY: key, STRIPE_API_KEY }) =>
      !key || key.includes("_live_") === STRIPE_API_KEY.includes("_live_"),
    { path: ["STRIPE_PUBLISHABLE_KEY"], message: "is of the other mode than STRIPE_API_KEY" },
  );

export type Env = z.infer<typeof schema>;

/** @throws Error whose message names every variable that is missing or malformed. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  // An empty line in a .env file means "not set".
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `  ${name} ${set[name] === undefined ? "is not set" : issue.message}`;
  });
  throw new Error(
    `The environment is not complete:\n${lines.join("\n")}\n.env.example describes every variable; \`npm run dev\` sets all of them by itself.`,
  );
}

/** `next build` evaluates modules without connecting to anything, so it needs no environment of its own. */
const placeholders = {
  DATABASE_URL: "postgres://build",
  STRIPE_API_KEY: "sk_test_build",
  STRIPE_WEBHOOK_SECRET: "whsec_build",
  AUTH_SECRET: "-".repeat(32),
  APP_URL: "http://localhost",
};
const atBuild = process.env.NEXT_PHASE === "phase-production-build";

export const env = parseEnv(atBuild ? { ...placeholders, ...process.env } : process.env);

/** For what is asked from elsewhere, such as the picture beside a shared link. Null: a build that was not told. */
export const publicOrigin = atBuild && !process.env.APP_URL ? null : env.APP_URL;

/** Live keys see live objects only; every mirrored row and every event carries this flag. */
export const livemode = env.STRIPE_API_KEY.includes("_live_");

/** A function on Vercel or AWS Lambda stands still between two requests, and a build ends: no timers there. */
export const isLongLived = !atBuild && !process.env.VERCEL && !process.env.AWS_LAMBDA_FUNCTION_NAME;

/** `next dev` evaluates code and injects styles, which the content security policy has to allow there. */
export const isDevelopment = process.env.NODE_ENV === "development";
