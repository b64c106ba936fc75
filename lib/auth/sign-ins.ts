import { and, eq, gt, lt, sql } from "drizzle-orm";
import { db } from "@/db";
import type { User } from "@/db/queries/users";
import { sessions, users } from "@/db/schema";

/** The sessions that are alive, in the database, so that one that was ended is over on every instance. */

/** As long as Auth.js seals its cookie for. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/** @returns the id that the cookie carries */
export async function startSession(userId: string): Promise<string> {
  await db.delete(sessions).where(and(eq(sessions.userId, userId), lt(sessions.expiresAt, sql`now()`)));
  const [started] = await db
    .insert(sessions)
    .values({ userId, expiresAt: sql`now() + make_interval(secs => ${SESSION_SECONDS})` })
    .returning({ id: sessions.id });
  if (!started) throw new Error("The session was not stored.");
  return started.id;
}

/** Whoever holds a copy of its cookie is signed out with it; the person's other sessions go on. */
export const endSession = (id: string) => db.delete(sessions).where(eq(sessions.id, id));

/** @returns null when the session was ended, or all of the person's were by raising `session_version` */
export async function getUserBySession(
  id: string,
  userId: string,
  sessionVersion: number,
): Promise<User | null> {
  const [found] = await db
    .select({ user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.id, id),
        eq(users.id, userId),
        eq(users.sessionVersion, sessionVersion),
        gt(sessions.expiresAt, sql`now()`),
      ),
    );
  return found?.user ?? null;
}
