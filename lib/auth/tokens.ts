import { createHash, randomBytes } from "node:crypto";
import { and, eq, isNull, sql } from "drizzle-orm";
import { db } from "@/db";
import { isLive } from "@/db/queries/tokens";
import type { User } from "@/db/queries/users";
import { accessTokens, users } from "@/db/schema";
import { DEFAULT_SCOPES, formatScopes, parseScopes, type Scope } from "./scopes";

/** Tokens for programs: 256 random bits, shown once; we keep only their SHA-256, which random bits need no salt for. */

const PREFIX = "tf_";
const SHAPE = /^tf_[A-Za-z0-9_-]{43}$/;
const SHOWN = 10;

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

/** More than a person has programs; all that work can be shown on one page. */
const MAX_LIVE = 50;

export class TooManyTokensError extends Error {
  constructor() {
    super(
      `This account has ${MAX_LIVE} tokens that work, which is the most there can be. Revoke one, or wait until one expires.`,
    );
  }
}

interface Leave {
  scopes?: Scope[];
  /** Left out by a token that works until it is revoked. */
  expiresInSeconds?: number;
}

/** @throws TooManyTokensError when the account has as many as there can be */
export async function createAccessToken(
  userId: string,
  name: string,
  { scopes = DEFAULT_SCOPES, expiresInSeconds }: Leave = {},
): Promise<string> {
  const token = PREFIX + randomBytes(32).toString("base64url");
  await db.transaction(async (transaction) => {
    // One after the other, or two that are made at once would both count what was there before them.
    await transaction.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("no key update");
    const live = await transaction.$count(accessTokens, and(eq(accessTokens.userId, userId), isLive()));
    if (live >= MAX_LIVE) throw new TooManyTokensError();
    await transaction.insert(accessTokens).values({
      userId,
      name,
      tokenHash: hashOf(token),
      prefix: token.slice(0, SHOWN),
      scope: formatScopes(scopes),
      expiresAt: expiresInSeconds ? new Date(Date.now() + expiresInSeconds * 1000) : null,
    });
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
export async function authenticateToken(token: string): Promise<{ user: User; scopes: Scope[] } | null> {
  if (!SHAPE.test(token)) return null;
  const [used] = await db
    .update(accessTokens)
    .set({ lastUsedAt: sql`now()` })
    .from(users)
    .where(and(eq(accessTokens.tokenHash, hashOf(token)), eq(users.id, accessTokens.userId), isLive()))
    .returning({ user: users, scope: accessTokens.scope });
  return used ? { user: used.user, scopes: parseScopes(used.scope) ?? [] } : null;
}
