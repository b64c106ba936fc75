import { createHash } from "node:crypto";
import { and, eq, isNull, sql } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db";
import { accessTokens, users } from "@/db/schema";
import {
  authenticateToken,
  createAccessToken,
  revokeAccessToken,
  TooManyTokensError,
} from "@/lib/auth/tokens";
import { someUser } from "../support/rows";

/** Tokens of programs, in the database and out of it; test/api.test.ts sends them. */

afterEach(() => {
  vi.useRealTimers();
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const rowOf = async (token: string) => {
  const [row] = await db
    .select()
    .from(accessTokens)
    .where(eq(accessTokens.tokenHash, sha256(token)));
  if (!row) throw new Error("No row has this token's hash.");
  return row;
};
const rowsOf = (userId: string) =>
  db
    .select()
    .from(accessTokens)
    .where(and(eq(accessTokens.userId, userId), isNull(accessTokens.revokedAt)));
const change = (token: string, to: object) =>
  db
    .update(accessTokens)
    .set(to)
    .where(eq(accessTokens.tokenHash, sha256(token)));

describe("createAccessToken", () => {
  it("gives 256 bits after tf_, another each time", async () => {
    const { id } = await someUser();
    const [one, other] = [await createAccessToken(id, "one"), await createAccessToken(id, "other")];
    expect(one).toMatch(/^tf_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(one.slice(3), "base64url")).toHaveLength(32);
    expect(one).not.toBe(other);
  });

  it("keeps its SHA-256 and its first ten characters, and the token nowhere", async () => {
    const { id } = await someUser();
    const token = await createAccessToken(id, "backup script");
    const row = await rowOf(token);
    expect(row).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      userId: id,
      name: "backup script",
      tokenHash: sha256(token),
      prefix: token.slice(0, 10),
      scope: "checkout",
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
      createdAt: expect.any(Date),
    });
    expect(JSON.stringify(row)).not.toContain(token.slice(10));
  });

  it("may do what was said, in one order, and what it may do is told with whose it is", async () => {
    const { id } = await someUser();
    const token = await createAccessToken(id, "both", { scopes: ["portal", "checkout"] });
    expect((await rowOf(token)).scope).toBe("checkout portal");
    expect(await authenticateToken(token)).toMatchObject({ scopes: ["checkout", "portal"] });
    const narrow = await createAccessToken(id, "one", { scopes: ["portal"] });
    expect(await authenticateToken(narrow)).toMatchObject({ scopes: ["portal"] });
  });

  it("may do nothing when a row names a scope that this version does not know", async () => {
    const token = await createAccessToken((await someUser()).id, "of a later version");
    await change(token, { scope: "checkout refund" });
    expect(await authenticateToken(token)).toMatchObject({ scopes: [] });
  });

  it("makes fifty that work and no more, though the last ones are made at once", async () => {
    const [{ id }, other] = [await someUser(), await someUser()];
    const row = (n: number, over: object = {}) => {
      const values = {
        userId: id,
        name: `token ${n}`,
        tokenHash: sha256(`${id} ${n}`),
        prefix: "tf_1234567",
      };
      return { ...values, ...over };
    };
    await db.insert(accessTokens).values([
      ...Array.from({ length: 48 }, (_, n) => row(n)),
      // Neither counts: it works no more.
      row(48, { revokedAt: sql`now()` }),
      row(49, { expiresAt: sql`now() - interval '1 minute'` }),
    ]);
    const made = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) => createAccessToken(id, `at once ${n}`)),
    );
    expect(made.map(({ status }) => status).toSorted()).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
      "rejected",
    ]);
    await expect(createAccessToken(id, "one more")).rejects.toThrow(TooManyTokensError);
    expect(await createAccessToken(other.id, "another's first")).toMatch(/^tf_/);
    await revokeAccessToken(id, (await rowsOf(id))[0]?.id ?? "");
    expect(await createAccessToken(id, "in the place of one")).toMatch(/^tf_/);
  });

  it("expires so many seconds from now, if it does", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-05-06T07:08:09.010Z") });
    const token = await createAccessToken((await someUser()).id, "short", { expiresInSeconds: 90 });
    expect((await rowOf(token)).expiresAt).toEqual(new Date("2030-05-06T07:09:39.010Z"));
  });
});

describe("authenticateToken", () => {
  it("finds whose it is, and notes that it was used, at this one alone", async () => {
    const [ada, bob] = [await someUser({ name: "Ada" }), await someUser({ name: "Bob" })];
    const [adas, unused, bobs] = [
      await createAccessToken(ada.id, "used"),
      await createAccessToken(ada.id, "unused"),
      await createAccessToken(bob.id, "bob's"),
    ];
    const [row] = await db.select().from(users).where(eq(users.id, ada.id));
    expect(await authenticateToken(adas)).toEqual({ user: row, scopes: ["checkout"] });
    expect((await rowOf(adas)).lastUsedAt).toEqual(expect.any(Date));
    expect((await rowOf(unused)).lastUsedAt).toBeNull();
    expect((await rowOf(bobs)).lastUsedAt).toBeNull();
    expect(await authenticateToken(bobs)).toMatchObject({ user: { name: "Bob" } });
  });

  it("moves the time of the last use on", async () => {
    const token = await createAccessToken((await someUser()).id, "again");
    const before = new Date("2020-01-01T00:00:00Z");
    await change(token, { lastUsedAt: before });
    await authenticateToken(token);
    expect((await rowOf(token)).lastUsedAt?.getTime()).toBeGreaterThan(before.getTime());
  });

  it("takes a token that expires in a minute, and none that expired a minute ago", async () => {
    const token = await createAccessToken((await someUser()).id, "soon over");
    await change(token, { expiresAt: sql`now() + interval '1 minute'` });
    expect(await authenticateToken(token)).not.toBeNull();
    await change(token, { expiresAt: sql`now() - interval '1 minute'`, lastUsedAt: null });
    expect(await authenticateToken(token)).toBeNull();
    expect((await rowOf(token)).lastUsedAt, "what is refused is not used").toBeNull();
  });

  it("takes none that was revoked, though it would not have expired", async () => {
    const token = await createAccessToken((await someUser()).id, "revoked", { expiresInSeconds: 3600 });
    await change(token, { revokedAt: sql`now()` });
    expect(await authenticateToken(token)).toBeNull();
  });

  it("knows nothing that is not the whole token", async () => {
    const token = await createAccessToken((await someUser()).id, "whole");
    const others = [
      "",
      token.slice(0, -1),
      `${token}A`,
      token.slice(3),
      ` ${token}`,
      `${token}\n`,
      sha256(token),
    ];
    for (const other of [...others, token.replace("tf_", "TF_"), `tf_${"A".repeat(43)}`])
      expect(await authenticateToken(other), JSON.stringify(other)).toBeNull();
  });

  it("asks the database nothing about what has not a token's shape, even if its hash is there", async () => {
    const { id } = await someUser();
    for (const text of [
      "tf_short",
      `tf_${"a".repeat(44)}`,
      `xx_${"a".repeat(43)}`,
      `tf_${"a".repeat(42)}!`,
    ]) {
      const tokenHash = sha256(text);
      await db
        .insert(accessTokens)
        .values({ userId: id, name: "shape", tokenHash, prefix: text.slice(0, 10) });
      expect(await authenticateToken(text)).toBeNull();
      await db.delete(accessTokens).where(eq(accessTokens.tokenHash, tokenHash));
    }
  });
});

describe("revokeAccessToken", () => {
  it("does nothing for anybody but its owner", async () => {
    const [owner, stranger] = [await someUser(), await someUser()];
    const token = await createAccessToken(owner.id, "the owner's");
    const strangers = await createAccessToken(stranger.id, "the stranger's");
    const { id } = await rowOf(token);
    await revokeAccessToken(stranger.id, id);
    expect((await rowOf(token)).revokedAt).toBeNull();
    expect((await rowOf(strangers)).revokedAt).toBeNull();
    expect(await authenticateToken(token)).toMatchObject({ user: { id: owner.id } });
  });

  it("ends this one token of its owner's", async () => {
    const owner = await someUser();
    const [token, kept] = [
      await createAccessToken(owner.id, "ended"),
      await createAccessToken(owner.id, "kept"),
    ];
    await revokeAccessToken(owner.id, (await rowOf(token)).id);
    expect(await authenticateToken(token)).toBeNull();
    expect(await authenticateToken(kept)).toMatchObject({ user: { id: owner.id } });
  });

  it("keeps the time of the first revocation", async () => {
    const owner = await someUser();
    const token = await createAccessToken(owner.id, "twice");
    const first = new Date("2020-01-01T00:00:00Z");
    await change(token, { revokedAt: first });
    await revokeAccessToken(owner.id, (await rowOf(token)).id);
    expect((await rowOf(token)).revokedAt).toEqual(first);
  });
});
