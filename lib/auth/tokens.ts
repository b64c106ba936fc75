import { createHash, randomBytes } from "node:crypto";
import { and, eq, gt, isNull, or, sql } from "drizzle-orm";
import { db } from "@/db";
import type { User } from "@/db/queries/users";
import { accessTokens, users } from "@/db/schema";

/** Tokens for programs: 256 random bits, shown once; we keep only their SHA-256, which random bits need no salt for. */

const PREFIX = "tf_";
const SHAPE = /^tf_[A-Za-z0-9_-]{43}$/;
const SHOWN = 10;

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

export async function createAccessToken(userId: string, name: string, expiresInSeconds?: number) {
  const token = PREFIX + randomBytes(32).toString("base64url");
  await db.insert(accessTokens).values({
    userId,
    name,
    tokenHash: hashOf(token),
    prefix: token.slice(0, SHOWN),
    expiresAt: expiresInSeconds ? new Date(Date.now() + expiresInSeconds * 1000) : null,
  });
  return token;
}

/** Somebody else's token is as unknown as none. */
export async function revokeAccessToken(userId: string, id: string) {
  await db
    .update(accessTokens)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(accessTokens.id, id), eq(accessTokens.userId, userId), isNull(accessTokens.revokedAt)));
}

/** @returns null for a token that is unknown, revoked, expired or not a token at all. */
export async function getUserByAccessToken(token: string): Promise<User | null> {
  if (!SHAPE.test(token)) return null;
  const [used] = await db
    .update(accessTokens)
    .set({ lastUsedAt: sql`now()` })
    .from(users)
    .where(
      and(
        eq(accessTokens.tokenHash, hashOf(token)),
        eq(users.id, accessTokens.userId),
        isNull(accessTokens.revokedAt),
        or(isNull(accessTokens.expiresAt), gt(accessTokens.expiresAt, sql`now()`)),
      ),
    )
    .returning({ user: users });
  return used?.user ?? null;
}
