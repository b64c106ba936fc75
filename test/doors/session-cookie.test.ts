import { beforeAll, describe, expect, it, vi } from "vitest";
import { hashPassword } from "@/lib/auth/passwords";
import { someAddress } from "../support/addresses";
import { someUser } from "../support/rows";

/** The cookie's name and leave depend on the scheme of the site, which is read once. */

vi.mock("next/headers", () => import("../support/next-scope"));
// A mock is made once, whichever modules are reset after it.
const scope: unknown = await import("next/headers");
const { arriveWith, jar } = scope as typeof import("../support/next-scope");

describe.each([
  ["https://shop.example", "__Host-session", true],
  ["http://localhost:3000", "session", false],
])("at %s the session", (appUrl, name, secure) => {
  let shop: typeof import("@/lib/auth") & typeof import("@/lib/auth/session");
  beforeAll(async () => {
    vi.resetModules();
    vi.stubEnv("APP_URL", appUrl);
    shop = { ...(await import("@/lib/auth")), ...(await import("@/lib/auth/session")) };
  });

  it.each(["http", "https"])(`is in ${name}, be it that a proxy says %s`, async (scheme) => {
    jar.clear();
    arriveWith({ "x-forwarded-for": someAddress(), "x-forwarded-proto": scheme });
    const password = "correct horse battery";
    const { email } = await someUser({ passwordHash: await hashPassword(password) });
    await shop.signIn(email, password);
    const sessions = [...jar.keys()].filter((cookie) => cookie.endsWith("session"));
    expect(sessions).toEqual([name]);
    expect(jar.size, "Auth.js sets one of its own beside it").toBe(2);
    // `__Host-` is kept only with Secure, for the path / and no domain.
    for (const [cookie, { options }] of jar) {
      expect(cookie.startsWith("__Host-")).toBe(secure);
      expect(options).toMatchObject({ secure, httpOnly: true, sameSite: "lax", path: "/" });
      expect(options).not.toHaveProperty("domain");
    }
    expect(await shop.getUser()).toMatchObject({ email });
  });
});
