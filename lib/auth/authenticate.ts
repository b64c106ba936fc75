import { getUserByEmail, type User } from "@/db/queries/users";
import { verifyPassword } from "./passwords";
import { countAttempt, forgiveAttempt, type RateLimit } from "./rate-limits";

export type Authentication =
  | { user: User }
  | { user: null; reason: "wrong" }
  | { user: null; reason: "limited"; retryAfter: number };

/**
 * E-mail and password to user. An unknown address and a wrong password are the same answer after the same work;
 * a limit that is used up answers before any work.
 */
export async function authenticate(
  email: string,
  password: string,
  limits: RateLimit[],
): Promise<Authentication> {
  const retryAfter = await countAttempt(limits);
  if (retryAfter !== null) return { user: null, reason: "limited", retryAfter };
  const user = await getUserByEmail(email);
  if (!(await verifyPassword(user?.passwordHash ?? null, password)) || !user)
    return { user: null, reason: "wrong" };
  await forgiveAttempt(limits);
  return { user };
}
