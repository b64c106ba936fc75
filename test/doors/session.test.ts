import { randomUUID } from "node:crypto";
import { eq, inArray, sql } from "drizzle-orm";
import { encode } from "next-auth/jwt";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GET as viewer } from "@/app/api/viewer/route";
import { db } from "@/db";
import { listProducts } from "@/db/queries/products";
import { rateLimits, sessions, subscriptions, users } from "@/db/schema";
import { auth, signIn, signOut } from "@/lib/auth";
import { hashPassword } from "@/lib/auth/passwords";
import { getUser, requireUser } from "@/lib/auth/session";
import { startSession } from "@/lib/auth/sign-ins";
import { log } from "@/lib/log";
import { someAddress } from "../support/addresses";
import { arriveWith, jar } from "../support/next-scope";
import { someUser } from "../support/rows";
import { stripeId } from "../support/stripe-objects";

/** Signing in and out by the shop's own calls; only the request they answer is made up. */

vi.mock("next/headers", () => import("../support/next-scope"));

const PASSWORD = "correct horse battery";
const passwordHash = await hashPassword(PASSWORD);
const ada = () => someUser({ name: "Ada", passwordHash });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "signed in",
    (error) => error.code,
  );

beforeEach(() => {
  jar.clear();
  arriveWith({ "x-forwarded-for": someAddress() });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("signing in", () => {
  it("sets one cookie, that only this site's requests carry and no script reads, for thirty days", async () => {
    const { email } = await ada();
    const before = Date.now();
    await signIn(email, PASSWORD);
    expect([...jar.keys()].filter((name) => !name.startsWith("device-"))).toEqual(["session"]);
    const options = jar.get("session")?.options;
    expect(options).toMatchObject({ httpOnly: true, sameSite: "lax", path: "/", secure: false });
    const days = (options?.expires?.getTime() ?? 0) - before;
    expect(Math.round(days / 86_400_000)).toBe(30);
    expect(jar.get("session")?.value, "encrypted").not.toContain(email);
  });

  it("makes this person the user, and nobody else", async () => {
    const [user, bob] = [await ada(), await someUser({ name: "Bob", passwordHash })];
    await signIn(user.email.toUpperCase(), PASSWORD);
    const [row] = await db.select().from(users).where(eq(users.id, user.id));
    expect(await getUser()).toEqual(row);
    await signIn(bob.email, PASSWORD);
    expect(await getUser()).toMatchObject({ id: bob.id, name: "Bob" });
  });

  it.each([
    ["a wrong password", { password: "wrong" }],
    ["an unknown address", { email: `${randomUUID()}@example.com` }],
    ["no password", { password: "" }],
    ["513 characters of a password", { password: "x".repeat(513) }],
    ["an address of 255 characters", { email: `${"x".repeat(243)}@example.com` }],
  ])("is refused with %s, and sets no session", async (_, over) => {
    const { email, password } = { email: (await ada()).email, password: PASSWORD, ...over };
    expect(await codeOf(signIn(email, password))).toBe("wrong");
    expect(jar.has("session")).toBe(false);
    expect(await getUser()).toBeNull();
  });

  it("is not even counted with what nobody can have typed", async () => {
    const email = `${"z".repeat(207)}${randomUUID()}@example.com`;
    expect(email).toHaveLength(255);
    await codeOf(signIn(email, PASSWORD));
    const ada = `${randomUUID()}@example.com`;
    await codeOf(signIn(ada, "x".repeat(513)));
    const keys = [email, ada].map((address) => `sign-in:account:${address}`);
    expect(await db.select().from(rateLimits).where(inArray(rateLimits.key, keys))).toEqual([]);
    await codeOf(signIn(ada, "x".repeat(512)));
    expect(await db.select().from(rateLimits).where(inArray(rateLimits.key, keys))).toHaveLength(1);
  });

  it("takes the longest password and address there can be", async () => {
    const long = "é".repeat(512);
    const email = `${"y".repeat(206)}${randomUUID()}@example.com`;
    expect(email).toHaveLength(254);
    await someUser({ email, passwordHash: await hashPassword(long) });
    await signIn(email, long);
    expect(await getUser()).toMatchObject({ email });
  });

  it("ends at the eleventh failure of a browser, and says for how long", async () => {
    const { email } = await ada();
    const ip = someAddress();
    arriveWith({ "x-forwarded-for": ip });
    const key = `sign-in:account:${email}:ip:${ip}`;
    await db.insert(rateLimits).values({ key, count: 9, resetsAt: sql`now() + interval '5 minutes'` });
    expect(await codeOf(signIn(email, "wrong"))).toBe("wrong");
    expect(await codeOf(signIn(email, PASSWORD))).toMatch(/^limited:(29\d|300)$/);
    expect(jar.has("session")).toBe(false);
  });

  it("counts by the address that the last proxy saw", async () => {
    const ip = someAddress();
    const key = `sign-in:ip:${ip}`;
    await db.insert(rateLimits).values({ key, count: 50, resetsAt: sql`now() + interval '5 minutes'` });
    arriveWith({ "x-forwarded-for": `198.51.100.1, ${ip}` });
    expect(await codeOf(signIn((await ada()).email, PASSWORD))).toMatch(/^limited:/);
    arriveWith({ "x-forwarded-for": `${ip}, 198.51.100.1` });
    expect(await codeOf(signIn((await ada()).email, PASSWORD))).toBe("signed in");
  });

  it("is no event for the log when it is refused", async () => {
    const logged = vi.spyOn(log, "error");
    expect(await codeOf(signIn((await ada()).email, "wrong"))).toBe("wrong");
    expect(logged).not.toHaveBeenCalled();
    logged.mockRestore();
  });

  it.each([
    ["asks Auth.js for JSON", { "x-auth-return-redirect": "1" }],
    ["has an address that Auth.js cannot read", { cookie: "callback-url=http%3A%2F%2F%5B" }],
  ])("is no success when a request that %s is refused", async (_, headers) => {
    arriveWith({ "x-forwarded-for": someAddress(), ...headers });
    await expect(signIn((await ada()).email, "wrong")).rejects.toThrow("Auth.js signed nobody in");
    expect(jar.has("session")).toBe(false);
  });
});

describe("a browser that has signed in before", () => {
  const deviceOf = () => [...jar].find(([name]) => name.startsWith("device-"));
  const usedUp = (key: string) => {
    const window = { count: 100, resetsAt: sql`now() + interval '5 minutes'` };
    return db
      .insert(rateLimits)
      .values({ key, ...window })
      .onConflictDoUpdate({ target: rateLimits.key, set: window });
  };

  it("signs in though strangers have used up all guesses, and a copy of its cookie counts with it", async () => {
    const { email } = await ada();
    await signIn(email, PASSWORD);
    const [name = "", cookie] = deviceOf() ?? [];
    expect(cookie?.options).toMatchObject({ httpOnly: true, sameSite: "lax", path: "/", secure: false });
    await usedUp(`sign-in:account:${email}`);
    const device = new Map(jar).get(name);
    jar.clear();
    expect(await codeOf(signIn(email, PASSWORD)), "a new browser").toMatch(/^limited:/);
    jar.set(name, device as never);
    expect(await codeOf(signIn(email.toUpperCase(), PASSWORD))).toBe("signed in");
    expect(deviceOf()?.[1].value, "it stays who it is").toBe(device?.value);
    await usedUp(`sign-in:device:${device?.value.split(".")[0]}`);
    expect(await codeOf(signIn(email, PASSWORD))).toMatch(/^limited:/);
  });

  it("is not known by a cookie that was made up, or is another account's", async () => {
    const [user, other] = [await ada(), await ada()];
    await usedUp(`sign-in:account:${user.email}`);
    await signIn(other.email, PASSWORD);
    const others = deviceOf()?.[1].value ?? "";
    jar.clear();
    await db.delete(rateLimits).where(eq(rateLimits.key, `sign-in:account:${user.email}`));
    await signIn(user.email, PASSWORD);
    const [name = "", cookie] = deviceOf() ?? [];
    await usedUp(`sign-in:account:${user.email}`);
    const [id, seal = ""] = (cookie?.value ?? "").split(".");
    for (const value of [
      others,
      "",
      ".",
      `${id}.`,
      `x${id}.${seal}`,
      `${id}.${seal.slice(1)}`,
      `${id}.${"A".repeat(43)}`,
    ]) {
      jar.set(name, { value, options: {} });
      expect(await codeOf(signIn(user.email, PASSWORD)), value).toMatch(/^limited:/);
    }
  });

  it("may know several people", async () => {
    const [user, other] = [await ada(), await ada()];
    for (const { email } of [user, other]) await signIn(email, PASSWORD);
    for (const { email } of [user, other]) {
      await usedUp(`sign-in:account:${email}`);
      expect(await codeOf(signIn(email, PASSWORD))).toBe("signed in");
    }
  });
});

describe("a session", () => {
  it("is good for thirty days, however long a browser keeps the cookie", async () => {
    const user = await ada();
    const signedIn = new Date("2030-01-01T00:00:00Z");
    vi.useFakeTimers({ toFake: ["Date"], now: signedIn });
    await signIn(user.email, PASSWORD);
    vi.setSystemTime(new Date("2030-01-30T23:59:00Z"));
    expect(await getUser()).toMatchObject({ id: user.id });
    vi.setSystemTime(new Date("2030-01-31T00:01:00Z"));
    expect(await getUser()).toBeNull();
  });

  it("ends by signing out", async () => {
    await signIn((await ada()).email, PASSWORD);
    await signOut();
    expect(jar.has("session")).toBe(false);
    expect(await getUser()).toBeNull();
  });

  it("ends for a copy of its cookie, too, and for no other session of the person's", async () => {
    const user = await ada();
    const session = async () => {
      await signIn(user.email, PASSWORD);
      return new Map(jar);
    };
    const [phone, laptop] = [await session(), await session()];
    await signOut();
    expect(await asBrowserWith(laptop)).toBeNull();
    expect(await asBrowserWith(phone)).toMatchObject({ id: user.id });
    await db.update(users).set({ sessionVersion: 2 }).where(eq(users.id, user.id));
    expect(await asBrowserWith(phone), "raising the version ends all").toBeNull();
  });

  it("stays when it could not be ended: a person who sees themselves signed out is", async () => {
    const user = await ada();
    await signIn(user.email, PASSWORD);
    const away = vi.spyOn(db, "delete").mockImplementation(() => {
      throw new Error("The database is away.");
    });
    await expect(signOut()).rejects.toThrow("The database is away.");
    away.mockRestore();
    expect(await getUser()).toMatchObject({ id: user.id });
  });

  it("is over in the database after thirty days, and its row goes at the person's next sign-in", async () => {
    const user = await ada();
    const rows = () => db.select().from(sessions).where(eq(sessions.userId, user.id));
    const moveTo = (time: ReturnType<typeof sql>) =>
      db.update(sessions).set({ expiresAt: time }).where(eq(sessions.userId, user.id));
    await signIn(user.email, PASSWORD);
    const [row] = await rows();
    expect(row && (row.expiresAt.getTime() - row.createdAt.getTime()) / 86_400_000).toBe(30);
    await moveTo(sql`now() + interval '1 minute'`);
    expect(await getUser()).toMatchObject({ id: user.id });
    await moveTo(sql`now() - interval '1 minute'`);
    expect(await getUser()).toBeNull();
    await signIn(user.email, PASSWORD);
    expect(await rows()).toHaveLength(1);
    expect((await rows())[0]?.id).not.toBe(row?.id);
  });

  it("is not another person's, whatever else the cookie says", async () => {
    const [user, other] = [await ada(), await ada()];
    const { sessionVersion } = other;
    const token = { sub: other.id, sessionVersion, sessionId: await startSession(user.id) };
    const value = await encode({ token, secret: process.env.AUTH_SECRET ?? "", salt: "session" });
    jar.set("session", { value, options: {} });
    expect(await getUser()).toBeNull();
  });

  async function asBrowserWith(cookies: typeof jar) {
    jar.clear();
    for (const [name, cookie] of cookies) jar.set(name, cookie);
    return getUser();
  }

  it.each([
    ["older than the account's", 1],
    ["newer than the account's", -1],
  ])("whose version is %s is nobody's", async (_, difference) => {
    const user = await ada();
    await signIn(user.email, PASSWORD);
    expect(await getUser()).toMatchObject({ id: user.id });
    await db
      .update(users)
      .set({ sessionVersion: user.sessionVersion + difference })
      .where(eq(users.id, user.id));
    expect(await getUser()).toBeNull();
  });

  it("carries the version at which the person signed in", async () => {
    const user = await someUser({ passwordHash, sessionVersion: 7 });
    await signIn(user.email, PASSWORD);
    expect(await auth()).toMatchObject({ sessionVersion: 7, user: { id: user.id } });
    expect(await getUser()).toMatchObject({ id: user.id });
  });

  it("of somebody who was deleted is nobody's", async () => {
    const user = await ada();
    await signIn(user.email, PASSWORD);
    await db.delete(users).where(eq(users.id, user.id));
    expect(await getUser()).toBeNull();
  });

  it("is nobody's when it is made up, damaged, or sealed with another secret", async () => {
    const user = await ada();
    await signIn(user.email, PASSWORD);
    const [name, { value, options }] = [...jar].find(([name]) => name === "session") ?? [
      "",
      { value: "", options: {} },
    ];
    const { sessionVersion } = user;
    const token = { sub: user.id, sessionVersion, sessionId: await startSession(user.id) };
    const foreign = await encode({ token, secret: "another secret, long enough to be one", salt: name });
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    for (const fake of ["x", `${value.slice(0, -2)}AA`, foreign, JSON.stringify(token)]) {
      jar.set(name, { value: fake, options });
      expect(await getUser()).toBeNull();
    }
    said.mockRestore();
    const own = await encode({ token, secret: process.env.AUTH_SECRET ?? "", salt: name });
    jar.set(name, { value: own, options });
    expect(await getUser(), "sealed with ours").toMatchObject({ id: user.id });
  });

  it("without a person, a version or an id of its own is nobody's", async () => {
    const { id, sessionVersion } = await ada();
    const sessionId = await startSession(id);
    for (const token of [
      { sub: id, sessionId },
      { sessionVersion, sessionId },
      { sub: id, sessionId, sessionVersion: null },
      { sub: id, sessionVersion },
    ]) {
      const value = await encode({ token, secret: process.env.AUTH_SECRET ?? "", salt: "session" });
      jar.set("session", { value, options: {} });
      expect(await getUser()).toBeNull();
    }
  });
});

describe("requireUser", () => {
  it("gives the person who is signed in", async () => {
    const user = await ada();
    await signIn(user.email, PASSWORD);
    expect(await requireUser("/account")).toMatchObject({ id: user.id });
  });

  it("leads anybody else to the sign-in page, which leads back", async () => {
    const refused = requireUser("/success?session_id=cs_1&x=a b");
    await expect(refused).rejects.toMatchObject({
      digest: expect.stringContaining(";/login?next=%2Fsuccess%3Fsession_id%3Dcs_1%26x%3Da+b;"),
    });
  });
});

describe("GET /api/viewer", () => {
  const ask = async () => {
    const response = await viewer();
    return {
      status: response.status,
      cache: response.headers.get("cache-control"),
      body: await response.json(),
    };
  };
  const bought = {
    status: "active",
    quantity: 1,
    currency: "usd",
    startedAt: new Date("2026-01-01T00:00:00Z"),
    currentPeriodStart: new Date("2026-02-01T00:00:00Z"),
    currentPeriodEnd: new Date("2026-03-01T00:00:00Z"),
    cancelAtPeriodEnd: false,
    livemode: false,
  };
  const answer = (body: unknown) => ({ status: 200, cache: "private, no-store", body });

  it("is null for nobody", async () => {
    expect(await ask()).toEqual(answer(null));
  });

  it("is a name alone for somebody who has bought nothing", async () => {
    await signIn((await ada()).email, PASSWORD);
    expect(await ask()).toEqual(answer({ name: "Ada", plans: [] }));
  });

  it("names the plans of the viewer's own subscriptions, whatever another's are", async () => {
    const products = await listProducts();
    const priceOf = (lookupKey: string) =>
      products.find((one) => one.lookupKey === lookupKey)?.stripePriceId ?? "";
    const subscribed = async (name: string, lookupKeys: string[], status = "active") => {
      const user = await someUser({ name, passwordHash });
      for (const lookupKey of lookupKeys) {
        const ids = { userId: user.id, stripeId: stripeId("sub"), stripeCustomerId: user.customer };
        await db
          .insert(subscriptions)
          .values({ ...bought, ...ids, status, stripePriceId: priceOf(lookupKey) });
      }
      return user;
    };
    const plan = (name: string, key: string, interval: string) => ({
      name,
      plan: key,
      family: "aiaas",
      interval,
      intervalCount: 1,
    });
    const grace = await subscribed("Grace", ["aiaas_pro_yearly", "aiaas_pro_monthly"]);
    const hopper = await subscribed("Hopper", ["aiaas_starter_monthly"], "past_due");
    const ended = await subscribed("Ended", ["aiaas_starter_monthly"], "canceled");
    const [pro, proYearly] = [plan("AIaaS Pro", "pro", "month"), plan("AIaaS Pro", "pro", "year")];
    await signIn(grace.email, PASSWORD);
    expect(await ask()).toEqual(answer({ name: "Grace", plans: [pro, proYearly] }));
    await signIn(hopper.email, PASSWORD);
    const starter = plan("AIaaS Starter", "starter", "month");
    expect(await ask()).toEqual(answer({ name: "Hopper", plans: [starter] }));
    await signIn(ended.email, PASSWORD);
    expect(await ask()).toEqual(answer({ name: "Ended", plans: [] }));
  });
});
