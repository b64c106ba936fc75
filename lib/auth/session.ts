import { redirect } from "next/navigation";
import { cache } from "react";
import { getUserById, type User } from "@/db/queries/users";
import { auth } from "./index";

/**
 * The signed-in user, read from the database at every request: a cookie whose `session_version` is behind is
 * as good as none, so signing out everywhere takes effect at once and on every instance.
 */
export const getUser = cache(async (): Promise<User | null> => {
  const session = await auth();
  if (!session?.user?.id) return null;
  const user = await getUserById(session.user.id);
  return user && user.sessionVersion === session.sessionVersion ? user : null;
});

/** Redirects to the sign-in page, which leads back to `next`, a path of ours. */
export async function requireUser(next: string): Promise<User> {
  return (await getUser()) ?? redirect(`/login?${new URLSearchParams({ next })}`);
}
