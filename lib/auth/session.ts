import { redirect } from "next/navigation";
import { cache } from "react";
import type { User } from "@/db/queries/users";
import { auth } from "./index";
import { getUserBySession } from "./sign-ins";

/**
 * The signed-in user, read from the database at every request: a cookie whose session was ended, or whose
 * `session_version` is behind, is as good as none, so signing out takes effect at once and on every instance.
 */
export const getUser = cache(async (): Promise<User | null> => {
  const session = await auth();
  if (!session?.user?.id || !session.sessionId || !session.sessionVersion) return null;
  return getUserBySession(session.sessionId, session.user.id, session.sessionVersion);
});

/** Redirects to the sign-in page, which leads back to `next`, a path of ours. */
export async function requireUser(next: string): Promise<User> {
  return (await getUser()) ?? redirect(`/login?${new URLSearchParams({ next })}`);
}

/** @returns true for a browser that has just registered with an address that had an account, with another password */
export const hadAccount = async (): Promise<boolean> => (await auth())?.hadAccount ?? false;
