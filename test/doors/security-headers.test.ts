import { unstable_getResponseFromNextConfig } from "next/experimental/testing/server";
import { afterEach, describe, expect, it, vi } from "vitest";

/** Every answer tells the browser this, written out in full. */

afterEach(() => {
  vi.unstubAllEnvs();
});

async function policies(environment: Record<string, string | undefined>) {
  vi.resetModules();
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { noncePolicy } = await import("@/lib/http/nonce-policy");
  const { publicPolicy } = await import("@/lib/http/public-pages");
  return { private: noncePolicy("N0nce"), public: publicPolicy(process.env) };
}

/** Nothing set that leads away from Stripe itself. */
const REAL = { STRIPE_API_URL: undefined, STRIPE_PUBLISHABLE_KEY: undefined, STRIPE_API_KEY: "sk_live_1" };

describe("the content security policy", () => {
  it("with Stripe itself lets forms lead to Checkout and the portal", async () => {
    const rest = [
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "frame-src 'none'",
      "manifest-src 'self'",
      "form-action 'self' https://checkout.stripe.com https://billing.stripe.com",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ];
    expect(await policies(REAL)).toEqual({
      private: ["default-src 'none'", "script-src 'self' 'nonce-N0nce' 'strict-dynamic'", ...rest].join("; "),
      public: ["default-src 'none'", "script-src 'self' 'unsafe-inline'", ...rest].join("; "),
    });
  });

  // https://docs.stripe.com/security/guide#content-security-policy lists what Stripe.js connects to and frames.
  it("with Stripe.js, which public pages do not have, lets it reach Stripe and show its frames", async () => {
    const { private: policy } = await policies({ ...REAL, STRIPE_PUBLISHABLE_KEY: "pk_live_1" });
    const rest = [
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self' https://api.stripe.com",
      "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
      "manifest-src 'self'",
      "form-action 'self' https://checkout.stripe.com https://billing.stripe.com",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ];
    expect(policy).toBe(
      ["default-src 'none'", "script-src 'self' 'nonce-N0nce' 'strict-dynamic'", ...rest].join("; "),
    );
  });

  it("with a stand-in for Stripe lets forms lead there, and nowhere else", async () => {
    const { private: policy } = await policies({
      ...REAL,
      STRIPE_API_KEY: "sk_test_1",
      STRIPE_API_URL: "http://127.0.0.1:12111",
    });
    expect(policy).toBe(
      "default-src 'none'; script-src 'self' 'nonce-N0nce' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'none'; manifest-src 'self'; form-action 'self' http://127.0.0.1:12111; frame-ancestors 'none'; base-uri 'none'",
    );
  });

  // The headers of cached pages are written down at build, which may not know yet which Stripe there will be.
  it.each([
    ["knows nothing", {}, "http://127.0.0.1:* http://localhost:*"],
    ["knows a test key", { STRIPE_API_KEY: "sk_test_1" }, "http://127.0.0.1:* http://localhost:*"],
    [
      "knows a stand-in",
      { STRIPE_API_KEY: "sk_test_1", STRIPE_API_URL: "http://stripe.internal:12111/" },
      "http://127.0.0.1:* http://localhost:* http://stripe.internal:12111",
    ],
  ])(
    "of a public page, by a build that %s, lets forms lead wherever a Stripe may be",
    async (_, variables, more) => {
      const { publicPolicy } = await import("@/lib/http/public-pages");
      const forms = `form-action 'self' https://checkout.stripe.com https://billing.stripe.com ${more}; `;
      expect(publicPolicy(variables as unknown as NodeJS.ProcessEnv)).toContain(forms);
    },
  );

  it("of `next dev` lets code be evaluated and styles be injected, and nothing more", async () => {
    const production = await policies({ ...REAL, NODE_ENV: "production" });
    const development = await policies({ ...REAL, NODE_ENV: "development" });
    for (const zone of ["private", "public"] as const) {
      const parts = production[zone].split("; ");
      parts[1] += " 'unsafe-eval'";
      parts[2] += " 'unsafe-inline'";
      expect(development[zone]).toBe(parts.join("; "));
      expect(production[zone]).not.toContain("unsafe-eval");
    }
  });
});

const load = async (appUrl: string | undefined) => {
  vi.resetModules();
  vi.stubEnv("APP_URL", appUrl);
  return (await import("@/next.config")).default;
};

/** Written out in full. */
const EVERYWHERE = {
  "content-type": "text/plain;charset=UTF-8",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "referrer-policy": "strict-origin-when-cross-origin",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

describe("next.config.ts", () => {
  const given = async (url: string) => {
    const nextConfig = await load(undefined);
    return Object.fromEntries((await unstable_getResponseFromNextConfig({ url, nextConfig })).headers);
  };

  it.each(["/login", "/account/tokens", "/icon.svg", "/nowhere/at/all", "/apiary"])(
    "gives %s every security header",
    async (url) => {
      expect(await given(url)).toEqual(EVERYWHERE);
    },
  );

  it.each(["/api/v1/products", "/api/health", "/api/nowhere/at/all"])(
    "gives %s, which is no page, those that let nothing be kept, loaded or framed",
    async (url) => {
      expect(await given(url)).toEqual({
        ...EVERYWHERE,
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      });
    },
  );

  it("does not say what the server is made of", async () => {
    expect((await load(undefined)).poweredByHeader).toBe(false);
  });

  it.each([
    ["https://shop.example", ["shop.example"]],
    ["http://localhost:3000", ["localhost:3000"]],
    [undefined, []],
    ["", []],
    ["shop.example", []],
  ])("lets actions be called from the site's own host: %s", async (appUrl, hosts) => {
    const config = await load(appUrl);
    expect(config.experimental?.serverActions?.allowedOrigins).toEqual(hosts);
  });

  const ledTo = async (url: string) => {
    const response = await unstable_getResponseFromNextConfig({ url, nextConfig: await load(undefined) });
    return [response.status, response.headers.get("location")];
  };

  it.each(["/pricing/monthly", "/pricing/x", "/pricing/yearly/x", "/pricing/x/yearly", "/pricing/yearlyx"])(
    "leads from %s, which is no page, to the prices",
    async (path) => {
      expect(await ledTo(path)).toEqual([307, "https://example.com/pricing"]);
    },
  );

  it.each(["/pricing", "/pricing/yearly", "/", "/x/pricing/monthly"])(
    "leaves %s where it is",
    async (path) => {
      expect(await ledTo(path)).toEqual([200, null]);
    },
  );
});
