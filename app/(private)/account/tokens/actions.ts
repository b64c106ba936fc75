"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { userAction, userFormAction } from "@/app/_actions/user-action";
import { createAccessToken, revokeAccessToken } from "@/lib/auth/tokens";

const PAGE = "/account/tokens";

const newToken = z.object({
  name: z
    .string()
    .trim()
    .min(1, "Give the token a name, such as the program that will use it.")
    .max(60, "Use at most 60 characters."),
});

/** The state that it returns has the token itself, this once. */
export const createToken = userFormAction(PAGE, newToken, async ({ user, data }) => {
  const token = await createAccessToken(user.id, data.name);
  revalidatePath(PAGE);
  return { values: {}, errors: {}, token };
});

const oldToken = z.object({ token_id: z.uuid() });

export const revokeToken = userAction(PAGE, oldToken, async ({ user, data }) => {
  await revokeAccessToken(user.id, data.token_id);
  revalidatePath(PAGE);
});
