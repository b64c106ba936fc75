import { randomUUID } from "node:crypto";
import { expect, it, vi } from "vitest";
import { hashPassword } from "@/lib/auth/passwords";
import { someUser } from "../support/rows";

/** The cookie's name and leave depend on the scheme of the site, which is read once. */

vi.mock("next/headers", () => import("../support/next-scope"));
// A mock is made once, whichever modules are reset after it.
const scope: unknown = await import("next/headers");
const { arriveWith, jar } = scope as typeof import("../support/next-scope");

it.each([
  ["https://shop.example", "__Host-session", true],
  ["http://localhost:3000", "session", false],
])("at %s the session is in %s", async (appUrl, name, secure) => {
  jar.clear();
  vi.resetModules();
  vi.stubEnv("APP_URL", appUrl);
  const { signIn } = await import("@/lib/auth");
  const { getUser } = await import("@/lib/auth/session");
  arriveWith({ "x-forwarded-for": randomUUID(), "x-forwarded-proto": new URL(appUrl).protocol.slice(0, -1) });
  const password = "correct horse battery";
  const { email } = await someUser({ passwordHash: await hashPassword(password) });
  await signIn("credentials", { email, password, redirect: false });
  const sessions = [...jar.keys()].filter((cookie) => cookie.endsWith("session"));
  expect(sessions).toEqual([name]);
  // `__Host-` is kept only with Secure, for the path / and no domain.
  expect(jar.get(name)?.options).toMatchObject({ secure, httpOnly: true, sameSite: "lax", path: "/" });
  expect(jar.get(name)?.options).not.toHaveProperty("domain");
  expect(await getUser()).toMatchObject({ email });
});
