import { randomUUID } from "node:crypto";
import type * as argon2 from "@node-rs/argon2";
import { eq } from "drizzle-orm";
import { revalidatePath } from "next/cache";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db";
import { getUserByEmail } from "@/db/queries/users";
import { checkoutSessions, rateLimits } from "@/db/schema";
import { hashPassword, verifyPassword } from "@/lib/auth/passwords";
import { getUser, hadAccount } from "@/lib/auth/session";
import { emptyForm } from "@/lib/form";
import { log } from "@/lib/log";
import { formOf, newVisitor, outcomeOf } from "@/test/support/next-request";
import {
  account,
  attemptsMade,
  PASSWORD,
  productOf,
  productOffSale,
  signedIn,
  subscribe,
} from "@/test/support/visitor";
import { login, register, signOut } from "./actions";

vi.mock("next/headers", () => import("@/test/support/next-request"));
// As it is, but that one test takes the database away from it.
vi.mock("@/db/queries/users", { spy: true });
vi.mock("next/cache", () => ({ revalidatePath: vi.fn() }));

/** The real argon2, counted. */
const watch = vi.hoisted(() => ({ hashes: 0 }));
vi.mock("@node-rs/argon2", async (importOriginal) => {
  const real = await importOriginal<typeof argon2>();
  const counted = <Args extends unknown[], T>(work: (...args: Args) => T) => {
    return (...args: Args) => {
      watch.hashes++;
      return work(...args);
    };
  };
  return { ...real, hash: counted(real.hash), verify: counted(real.verify) };
});

const someAddress = () => `${randomUUID()}@example.com`;
const addressOf = (length: number) => {
  const domain = `@${"y".repeat(59)}.${"y".repeat(59)}.${"y".repeat(59)}.com`;
  return randomUUID().padEnd(length - domain.length, "x") + domain;
};
const good = (over: Record<string, string> = {}) => ({
  name: "Grace Hopper",
  email: someAddress(),
  password: PASSWORD,
  ...over,
});
const registering = (fields: Record<string, string>) => outcomeOf(register(emptyForm, formOf(fields)));
const loggingIn = (fields: Record<string, string>) => outcomeOf(login(emptyForm, formOf(fields)));

/** Local Stripe shows its Checkout at this address. */
const CHECKOUT = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/c\/pay\/cs_test_/);
const checkoutsOf = (userId: string) =>
  db.select().from(checkoutSessions).where(eq(checkoutSessions.userId, userId));

let visitor: ReturnType<typeof newVisitor>;
beforeEach(() => {
  visitor = newVisitor();
  vi.mocked(revalidatePath).mockClear();
});

describe("register", () => {
  it("makes an account, signs in and leads to it", async () => {
    const fields = good({ name: "  Grace Hopper ", email: `Grace.${randomUUID()}@Example.com` });
    expect(await registering(fields)).toEqual({ to: "/account" });
    const user = await getUserByEmail(fields.email);
    expect(user).toMatchObject({
      name: "Grace Hopper",
      email: fields.email,
      role: "customer",
      stripeCustomerId: null,
    });
    expect(await verifyPassword(user?.passwordHash ?? null, PASSWORD)).toBe(true);
    expect(user?.passwordHash).toContain("$argon2id$v=19$m=65536,t=3,p=1$");
    expect((await getUser())?.id).toBe(user?.id);
  });

  const TOO_SHORT = "Use at least 12 characters; a few words in a row are easy to remember.";
  const NO_ADDRESS = "Enter an e-mail address like ada@example.com.";

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["no name", { name: "" }, { name: "Tell us your name." }],
    ["a name of blanks", { name: " \t " }, { name: "Tell us your name." }],
    ["a name of 101", { name: "x".repeat(101) }, { name: "Use at most 100 characters." }],
    ["no address", { email: "" }, { email: NO_ADDRESS }],
    ["no real address", { email: "ada@localhost" }, { email: NO_ADDRESS }],
    ["an address of 255", { email: addressOf(255) }, { email: expect.any(String) }],
    ["no password", { password: "" }, { password: TOO_SHORT }],
    ["a password of 11", { password: "x".repeat(11) }, { password: TOO_SHORT }],
    ["a password of 129", { password: "x".repeat(129) }, { password: "Use at most 128 characters." }],
    [
      "nothing at all",
      { name: "", email: "", password: "" },
      { name: "Tell us your name.", email: NO_ADDRESS, password: TOO_SHORT },
    ],
  ])("refuses %s, and keeps what was typed except the password", async (_, over, errors) => {
    const { password: _password, ...typed } = good(over);
    expect(await registering({ ...typed, password: over.password ?? PASSWORD })).toEqual({
      answer: { values: typed, errors },
    });
    expect(await getUserByEmail(typed.email)).toBeNull();
    expect(await getUser()).toBeNull();
    // A mistake in the form is no attempt.
    const counted = await db
      .select()
      .from(rateLimits)
      .where(eq(rateLimits.key, `registration:ip:${visitor.ip}`));
    expect(counted).toEqual([]);
  });

  it.each([
    ["a name of 100", { name: "x".repeat(100) }],
    ["a password of 12", { password: "blue anvil 7" }],
    ["a password of 128", { password: "hot iron, cold water; ".padEnd(128, "9f3k-") }],
    ["a product that is empty", { product_id: "" }],
  ])("takes %s", async (_, over) => {
    expect(await registering(good(over as Record<string, string>))).toEqual({ to: "/account" });
  });

  it("takes an address of 254", async () => {
    const email = addressOf(254);
    expect(await registering(good({ email }))).toEqual({ to: "/account" });
    expect(await getUserByEmail(email)).toMatchObject({ email });
  });

  describe("with an address that has an account", () => {
    const again = async (over: Record<string, string> = {}) => {
      const user = await account();
      visitor = newVisitor();
      const outcome = await registering(good({ email: user.email.toUpperCase(), ...over }));
      return { user, outcome, now: await getUserByEmail(user.email) };
    };
    /** Names and sizes; the seals differ each time. */
    const cookies = () =>
      [...visitor.cookies].map(([name, value]) => [name.replace(/-.*/, ""), value.length]);

    it("signs in whoever typed its password, and changes nothing", async () => {
      const { user, outcome, now } = await again();
      expect(outcome).toEqual({ to: "/account" });
      expect(now).toEqual(user);
      expect((await getUser())?.id).toBe(user.id);
    });

    it("answers anybody else as it answers somebody new, signs in nobody, and changes nothing", async () => {
      const fields = { password: "another long password", next: "/account/tokens" };
      const { user, outcome, now } = await again(fields);
      const known = { outcome, cookies: cookies() };
      expect(now).toEqual(user);
      expect(await getUser()).toBeNull();
      expect(await hadAccount()).toBe(true);
      visitor = newVisitor();
      expect({ outcome: await registering(good(fields)), cookies: cookies() }).toEqual(known);
      expect(await getUser()).not.toBeNull();
      expect(await hadAccount()).toBe(false);
    });

    it("begins no checkout for anybody else, and keeps what they wanted", async () => {
      const { id } = await productOf("micro_feature_once");
      const { user, outcome } = await again({ password: "another long password", product_id: id });
      expect(outcome).toEqual({ to: `/login?product=${id}` });
      expect(await checkoutsOf(user.id)).toEqual([]);
    });

    it("gives nobody guesses that a sign-in would not", async () => {
      const { email } = await account();
      visitor = newVisitor();
      const password = "another long password";
      for (let guess = 0; guess < 10; guess++) await registering(good({ email, password }));
      expect(await registering(good({ email, password: PASSWORD }))).toMatchObject({
        answer: { message: expect.stringContaining("Too many attempts.") },
      });
      expect(await loggingIn({ email, password: PASSWORD })).toMatchObject({
        answer: { message: expect.stringContaining("Too many attempts.") },
      });
    });

    it("hashes as much as for somebody new", async () => {
      const { email } = await account();
      const work = async (fields: Record<string, string>) => {
        watch.hashes = 0;
        newVisitor();
        await registering(fields);
        return watch.hashes;
      };
      const password = "another long password";
      expect(await work(good({ email, password }))).toBe(await work(good({ password })));
      expect(watch.hashes).toBe(2);
    });

    it("tells it at the sign-in page for ten minutes", async () => {
      const now = Date.now();
      vi.useFakeTimers({ toFake: ["Date"], now });
      await again({ password: "another long password" });
      vi.setSystemTime(now + 9.9 * 60_000);
      expect(await hadAccount()).toBe(true);
      vi.setSystemTime(now + 10.1 * 60_000);
      expect(await hadAccount()).toBe(false);
      vi.useRealTimers();
    });
  });

  it("refuses a password that is guessed first, the person's own address among them", async () => {
    for (const over of [{ password: "passwordpassword" }, { password: "grace.of.the.navy@example.com" }]) {
      const { password, ...typed } = good({ email: "grace.of.the.navy@example.com", ...over });
      expect(await registering({ ...typed, password: password ?? "" })).toEqual({
        answer: {
          values: typed,
          errors: {
            password:
              "This is among the first passwords that somebody would try. A few words that nobody expects together are hard to guess.",
          },
        },
      });
      expect(await getUserByEmail("grace.of.the.navy@example.com")).toBeNull();
    }
  });

  it("leads on to where the person was going, on this site only", async () => {
    expect(await registering(good({ next: "/account/tokens?a=1" }))).toEqual({ to: "/account/tokens?a=1" });
    expect(await registering(good({ next: "//evil.example" }))).toEqual({ to: "/account" });
  });

  it("leads straight to Checkout for what was chosen, wherever else the person was going", async () => {
    const product = await productOf("aiaas_pro_yearly");
    const fields = good({ product_id: product.id, next: "/account/tokens" });
    expect(await registering(fields)).toEqual({ to: CHECKOUT });
    const user = await getUserByEmail(fields.email);
    expect(await checkoutsOf(user?.id ?? "")).toMatchObject([{ productId: product.id, status: "open" }]);
  });

  it.each([
    [900, 15],
    [90, 2],
  ])(
    "stops the fifty-first from one address for %i seconds, and says it in minutes",
    async (seconds, minutes) => {
      await attemptsMade(`registration:ip:${visitor.ip}`, 49, seconds);
      expect(await registering(good())).toEqual({ to: "/account" });

      const { password: _, ...typed } = good();
      expect(await registering({ ...typed, password: PASSWORD })).toEqual({
        answer: {
          values: typed,
          errors: {},
          message: `Too many attempts. Try again in ${minutes} minutes.`,
        },
      });
      expect(await getUserByEmail(typed.email)).toBeNull();
    },
  );
});

describe("login", () => {
  it("signs in, whatever the case of the address", async () => {
    const user = await account();
    expect(await loggingIn({ email: user.email.toUpperCase(), password: PASSWORD })).toEqual({
      to: "/account",
    });
    expect((await getUser())?.id).toBe(user.id);
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["no address", { email: "ada" }, { email: "Enter an e-mail address like ada@example.com." }],
    ["no password", { password: "" }, { password: "Enter your password." }],
  ])("refuses %s", async (_, over, errors) => {
    const { email, password } = { email: someAddress(), password: PASSWORD, ...over };
    expect(await loggingIn({ email, password })).toEqual({ answer: { values: { email }, errors } });
  });

  it("does not tell a wrong password from an unknown address", async () => {
    const user = await account();
    const attempts = [
      { email: user.email, password: "wrong horse battery" },
      { email: someAddress(), password: PASSWORD },
      { email: user.email, password: "x".repeat(513) },
    ];
    for (const { email, password } of attempts) {
      expect(await loggingIn({ email, password })).toEqual({
        answer: {
          values: { email },
          errors: { password: "There is no account with this e-mail and password." },
        },
      });
      expect(await getUser()).toBeNull();
    }
  });

  const CALLBACK_COOKIE = "authjs.callback-url";

  it.each([
    ["a header that asks Auth.js for JSON", { headers: { "x-auth-return-redirect": "1" }, cookies: {} }],
    ["an address that Auth.js cannot read", { headers: {}, cookies: { [CALLBACK_COOKIE]: "http://[" } }],
    ["a referrer that is no address", { headers: { referer: "nowhere" }, cookies: {} }],
  ])("buys nothing for somebody else's account with %s", async (_, { headers, cookies }) => {
    const user = await account();
    const { id } = await productOf("micro_feature_once");
    visitor.headers = headers;
    for (const [name, value] of Object.entries(cookies)) visitor.cookies.set(name, value);
    const fields = { email: user.email, password: "wrong horse battery", product_id: id };
    const outcome = await loggingIn(fields).catch((error: Error) => error.message);
    expect(outcome).not.toHaveProperty("to");
    expect(await checkoutsOf(user.id)).toEqual([]);
    expect(await getUser()).toBeNull();
  });

  it("leads on to where the person was going, on this site only", async () => {
    const { email } = await account();
    const fields = { email, password: PASSWORD };
    expect(await loggingIn({ ...fields, next: "/success?session_id=cs_1" })).toEqual({
      to: "/success?session_id=cs_1",
    });
    expect(await loggingIn({ ...fields, next: "https://evil.example/" })).toEqual({ to: "/account" });
  });

  it("leads straight to Checkout for what was chosen", async () => {
    const user = await account();
    const product = await productOf("micro_feature_once");
    const fields = { email: user.email.toUpperCase(), password: PASSWORD, product_id: product.id };
    expect(await loggingIn({ ...fields, next: "/account/tokens" })).toEqual({ to: CHECKOUT });
    expect(await checkoutsOf(user.id)).toMatchObject([{ productId: product.id, status: "open" }]);
    expect(revalidatePath).not.toHaveBeenCalled();
  });

  it("leads somebody who has the plan already to where it can be changed", async () => {
    const user = await account();
    await subscribe(user, "aiaas_starter_monthly");
    const { id } = await productOf("aiaas_pro_monthly");
    expect(await loggingIn({ email: user.email, password: PASSWORD, product_id: id })).toEqual({
      to: "/account?notice=already-subscribed",
    });
    expect(await checkoutsOf(user.id)).toEqual([]);
  });

  it("leads to the prices, read anew, when the product is off sale", async () => {
    const user = await account();
    const { id } = await productOffSale();
    expect(await loggingIn({ email: user.email, password: PASSWORD, product_id: id })).toEqual({
      to: "/pricing",
    });
    expect(vi.mocked(revalidatePath).mock.calls).toEqual([["/(public)/pricing/[[...interval]]", "page"]]);
    expect((await getUser())?.id).toBe(user.id);
  });

  it("stops a browser after ten failures, the right password included, and says for how long", async () => {
    const { email } = await account();
    await attemptsMade(`sign-in:account:${email}:ip:${visitor.ip}`, 9, 90);
    expect(await loggingIn({ email, password: "wrong horse battery" })).toMatchObject({
      answer: { errors: { password: expect.stringContaining("no account") } },
    });
    expect(await loggingIn({ email, password: PASSWORD })).toEqual({
      answer: { values: { email }, errors: {}, message: "Too many attempts. Try again in 2 minutes." },
    });
    expect(await getUser()).toBeNull();
  });

  it("says so when too many are signing in at once", async () => {
    const BUSY = "Too many people are signing in at this moment. Try again in a few seconds.";
    const line = Array.from({ length: 61 }, () => hashPassword(PASSWORD));
    const { email } = await account();
    expect(await loggingIn({ email, password: PASSWORD })).toEqual({
      answer: { values: { email }, errors: {}, message: BUSY },
    });
    const { password: _, ...typed } = good();
    expect(await registering({ ...typed, password: PASSWORD })).toEqual({
      answer: { values: typed, errors: {}, message: BUSY },
    });
    expect(await getUserByEmail(typed.email)).toBeNull();
    await Promise.all(line);
  }, 60_000);
});

it("what is nobody's mistake is no answer of a form's: it is thrown, and logged", async () => {
  const { email } = await account();
  const logged = vi.spyOn(log, "error");
  vi.mocked(getUserByEmail).mockRejectedValueOnce(new Error("The database is away."));
  await expect(loggingIn({ email, password: PASSWORD })).rejects.toMatchObject({
    type: "CallbackRouteError",
  });
  const failed = expect.objectContaining({ type: "CallbackRouteError" });
  expect(logged.mock.calls).toEqual([["Auth.js could not do its work.", failed]]);
  logged.mockRestore();
});

describe("signOut", () => {
  it("ends the session and leads home", async () => {
    const user = await signedIn();
    expect((await getUser())?.id).toBe(user.id);
    expect(await outcomeOf(signOut())).toEqual({ to: "/" });
    expect(await getUser()).toBeNull();
  });
});
