import { setTimeout as sleep } from "node:timers/promises";
import { getUserByEmail, replacePasswordHash, type User } from "@/db/queries/users";
import { FullError } from "@/lib/limit";
import { type Asker, delayMs, guessesOfStrangers, ownGuesses } from "./guesses";
import { hashPassword, isBusy, type Line, needsRehash, verifyPassword } from "./passwords";
import { clearCount, countAttempt, countUses, giveBack } from "./rate-limits";

export type Authentication =
  | { user: User }
  | { user: null; reason: "wrong" | "busy" }
  | { user: null; reason: "limited"; retryAfter: number };

/**
 * E-mail and password to user. An unknown address and a wrong password are the same answer after the same work;
 * a limit that is used up answers before any work. Pages and programs are counted as one, or there would be twice the
 * guesses.
 */
export async function authenticate(email: string, password: string, asker: Asker): Promise<Authentication> {
  const line: Line = asker.device ? "known" : "strangers";
  if (isBusy(line)) return { user: null, reason: "busy" };
  const own = ownGuesses(email, asker);
  const retryAfter = (await countAttempt(own)) ?? (asker.device ? null : await waitAmongStrangers(email));
  if (retryAfter !== null) return { user: null, reason: "limited", retryAfter };
  const others = asker.device ? [] : [...own.slice(1), guessesOfStrangers(email)];
  try {
    const user = await check(email, password, line);
    if (!user) return { user: null, reason: "wrong" };
    // An attempt that succeeded was no attack: whoever made it starts afresh.
    await clearCount(own[0]);
    await giveBack(others);
    return { user };
  } catch (error) {
    if (!(error instanceof FullError)) throw error;
    await giveBack([...own.slice(0, 1), ...others]);
    return { user: null, reason: "busy" };
  }
}

/**
 * After the other count: what was refused there is no guess, and must not use up what all strangers have together.
 * @returns the seconds after which to come again, or null when the guess may be made
 */
async function waitAmongStrangers(email: string): Promise<number | null> {
  const { counts, retryAfter } = await countUses([guessesOfStrangers(email)]);
  if (retryAfter === null) await sleep(delayMs(Math.max(...counts)));
  return retryAfter;
}

async function check(email: string, password: string, line: Line): Promise<User | null> {
  const user = await getUserByEmail(email);
  if (!(await verifyPassword(user?.passwordHash ?? null, password, line)) || !user) return null;
  if (needsRehash(user.passwordHash)) await rehash(user, password, line);
  return user;
}

/** The password is known at this moment only. */
async function rehash({ id, passwordHash }: User, password: string, line: Line) {
  try {
    await replacePasswordHash(id, passwordHash, await hashPassword(password, line));
  } catch (error) {
    // The next sign-in comes by here, too.
    if (!(error instanceof FullError)) throw error;
  }
}
