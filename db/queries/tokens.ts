import { and, desc, eq, gt, inArray, isNull, not, or, sql } from "drizzle-orm";
import { db } from "@/db";
import { accessTokens } from "@/db/schema";

/** Neither revoked nor expired: it opens the API. */
export const isLive = () =>
  and(
    isNull(accessTokens.revokedAt),
    or(isNull(accessTokens.expiresAt), gt(accessTokens.expiresAt, sql`now()`)),
  );

/** Ended ones are shown for a while, so that a person can see what became of a token. */
const MAX_ENDED = 50;

/** Newest first. All that work are there, however many were made after them: nobody can revoke what is not shown. */
export async function listAccessTokens(userId: string) {
  const own = eq(accessTokens.userId, userId);
  const ended = db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(and(own, not(isLive() ?? sql`true`)))
    .orderBy(desc(accessTokens.createdAt))
    .limit(MAX_ENDED);
  return db
    .select()
    .from(accessTokens)
    .where(and(own, or(isLive(), inArray(accessTokens.id, ended))))
    .orderBy(desc(accessTokens.createdAt));
}
