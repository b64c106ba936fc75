import { randomUUID } from "node:crypto";
import { hash } from "@node-rs/argon2";
import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { db } from "@/db";
import { rateLimits, users } from "@/db/schema";
import { authenticate } from "@/lib/auth/authenticate";
import { delayMs } from "@/lib/auth/guesses";
import { hashPassword } from "@/lib/auth/passwords";
import { someAddress } from "../support/addresses";
import { someUser } from "../support/rows";

/** E-mail and password to user, and how often one may guess. */

const PASSWORD = "correct horse battery";
const passwordHash = await hashPassword(PASSWORD);
const ada = () => someUser({ email: `Ada.${randomUUID()}@Example.com`, passwordHash });

const stranger = () => ({ ip: someAddress(), device: null });
const known = () => ({ ip: someAddress(), device: randomUUID() });
const WRONG = { user: null, reason: "wrong" };
const LIMITED = { user: null, reason: "limited", retryAfter: expect.any(Number) };

const counted = (key: string, count: number) =>
  db.insert(rateLimits).values({ key, count, resetsAt: sql`now() + interval '5 minutes'` });
const countOf = async (key: string) =>
  (await db.select().from(rateLimits).where(eq(rateLimits.key, key)))[0]?.count ?? null;
const keyOf = ({ email }: { email: string }) => `sign-in:account:${email.toLowerCase()}`;

describe("authenticate", () => {
  it("finds the person in whichever case the address is typed, and nobody else", async () => {
    const [user, other] = [
      await ada(),
      await someUser({ passwordHash: await hashPassword("battery horse wrong") }),
    ];
    for (const email of [user.email.toLowerCase(), user.email.toUpperCase()])
      expect(await authenticate(email, PASSWORD, stranger())).toMatchObject({ user: { id: user.id } });
    expect(await authenticate(other.email, PASSWORD, stranger())).toEqual(WRONG);
  });

  it("answers alike to a wrong password and an unknown address, and counts both", async () => {
    const [user, nobody] = [await ada(), { email: `${randomUUID()}@example.com` }];
    const asker = stranger();
    for (const { email } of [user, nobody]) {
      expect(await authenticate(email, "wrong", asker)).toEqual(WRONG);
      expect(await countOf(keyOf({ email }))).toBe(1);
      expect(await countOf(`${keyOf({ email })}:ip:${asker.ip}`)).toBe(1);
    }
    expect(await countOf(`sign-in:ip:${asker.ip}`)).toBe(2);
  });

  it("refuses the eleventh guess of one address, though it is right, and says for how long", async () => {
    const [user, asker] = [await ada(), stranger()];
    const key = `${keyOf(user)}:ip:${asker.ip}`;
    await counted(key, 9);
    expect(await authenticate(user.email, "wrong", asker)).toEqual(WRONG);
    const refused = await authenticate(user.email.toUpperCase(), PASSWORD, asker);
    expect(refused).toEqual(LIMITED);
    expect((refused as { retryAfter: number }).retryAfter).toBeGreaterThan(290);
    expect(await countOf(key)).toBe(11);
  });

  it("lets the owner in from anywhere else, whatever strangers got wrong", async () => {
    const [user, guesser] = [await ada(), stranger()];
    await counted(`${keyOf(user)}:ip:${guesser.ip}`, 500);
    expect(await authenticate(user.email, PASSWORD, guesser)).toEqual(LIMITED);
    expect(await authenticate(user.email, PASSWORD, stranger())).toMatchObject({ user: { id: user.id } });
  });

  it("counts what was refused as no guess of all strangers, or one address could use theirs up", async () => {
    const [user, guesser] = [await ada(), stranger()];
    await counted(`${keyOf(user)}:ip:${guesser.ip}`, 10);
    for (let n = 0; n < 5; n++) await authenticate(user.email, "wrong", guesser);
    expect(await countOf(keyOf(user))).toBeNull();
  });

  it("takes the hundredth guess of strangers from many addresses, slowly, and no more, but those of a known browser", async () => {
    const user = await ada();
    await counted(keyOf(user), 99);
    const from = performance.now();
    expect(await authenticate(user.email, "wrong", stranger())).toEqual(WRONG);
    expect(performance.now() - from).toBeGreaterThan(4_900);
    expect(await authenticate(user.email, PASSWORD, stranger())).toEqual(LIMITED);
    const soon = performance.now();
    expect(await authenticate(user.email, PASSWORD, known())).toMatchObject({ user: { id: user.id } });
    expect(performance.now() - soon).toBeLessThan(4_000);
    expect(await countOf(keyOf(user)), "a known browser forgives no stranger").toBe(101);
  });

  it("gives a known browser ten guesses of its own, whatever its address has used up", async () => {
    const [user, asker] = [await ada(), known()];
    await counted(`sign-in:ip:${asker.ip}`, 50);
    await counted(`sign-in:device:${asker.device}`, 9);
    expect(await authenticate(user.email, "wrong", asker)).toEqual(WRONG);
    expect(await authenticate(user.email, PASSWORD, asker)).toEqual(LIMITED);
    expect(await countOf(keyOf(user))).toBeNull();
    expect(await countOf(`sign-in:ip:${asker.ip}`)).toBe(50);
  });

  it("refuses the fifty-first from an address, whoever is asked for", async () => {
    const [user, asker] = [await ada(), stranger()];
    await counted(`sign-in:ip:${asker.ip}`, 49);
    expect(await authenticate(user.email, PASSWORD, asker), "right, so it is given back").toHaveProperty(
      "user.id",
    );
    expect(await authenticate(`${randomUUID()}@example.com`, "wrong", asker)).toEqual(WRONG);
    expect(await authenticate(user.email, PASSWORD, asker)).toEqual(LIMITED);
  });

  it("begins afresh after a success, and takes back what it counted against others", async () => {
    const [user, asker] = [await ada(), stranger()];
    await counted(`${keyOf(user)}:ip:${asker.ip}`, 9);
    await counted(keyOf(user), 8);
    await counted(`sign-in:ip:${asker.ip}`, 20);
    expect(await authenticate(user.email, PASSWORD, asker)).toHaveProperty("user.id");
    expect(await countOf(`${keyOf(user)}:ip:${asker.ip}`)).toBeNull();
    expect(await countOf(keyOf(user))).toBe(8);
    expect(await countOf(`sign-in:ip:${asker.ip}`)).toBe(20);
  });

  it("says that it is busy when too many wait, and counts that as nothing", async () => {
    const asker = stranger();
    const addresses = Array.from({ length: 70 }, () => ({ email: `${randomUUID()}@example.com` }));
    const answers = await Promise.all(
      addresses.map(({ email }) => authenticate(email, "wrong", { ...asker, ip: someAddress() })),
    );
    const busy = addresses.filter((_, index) => !answers[index]?.user && answers[index]?.reason === "busy");
    expect(busy.length).toBeGreaterThan(0);
    expect(busy.length).toBeLessThanOrEqual(9);
    for (const one of busy) expect(await countOf(keyOf(one))).toBeOneOf([0, null]);
  }, 60_000);

  it("does not even ask the database while strangers wait, nor lets a known browser wait among them", async () => {
    let ended = 0;
    const line = Array.from({ length: 61 }, () => hashPassword(PASSWORD).then(() => ended++));
    const late = { email: `${randomUUID()}@example.com` };
    expect(await authenticate(late.email, "wrong", stranger())).toEqual({ user: null, reason: "busy" });
    expect(await countOf(keyOf(late)), "the database is not even asked").toBeNull();
    const customer = await ada();
    expect(
      await authenticate(customer.email, PASSWORD, known()),
      "a known browser has a line of its own",
    ).toHaveProperty("user.id");
    expect(ended).toBeLessThan(61);
    await Promise.all(line);
    const user = await ada();
    expect(await authenticate(user.email, PASSWORD, stranger()), "the line is free again").toHaveProperty(
      "user.id",
    );
  }, 60_000);
});

describe("the delay of strangers", () => {
  it("begins with the eleventh guess, grows by half a second, and ends at five", () => {
    expect([1, 10, 11, 12, 19, 20, 21, 100].map(delayMs)).toEqual([0, 0, 500, 1000, 4500, 5000, 5000, 5000]);
  });
});

describe("a hash of other parameters", () => {
  const weak = () => hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const hashOf = async (id: string) =>
    (await db.select().from(users).where(eq(users.id, id)))[0]?.passwordHash;

  it("is replaced when its owner signs in, and by nobody else", async () => {
    const user = await someUser({ passwordHash: await weak() });
    await authenticate(user.email, "wrong", stranger());
    expect(await hashOf(user.id)).toBe(user.passwordHash);
    expect(await authenticate(user.email, PASSWORD, stranger())).toHaveProperty("user.id");
    const renewed = await hashOf(user.id);
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    expect(await authenticate(user.email, PASSWORD, stranger())).toHaveProperty("user.id");
    expect(await hashOf(user.id), "one of ours stays").toBe(renewed);
  });
});
