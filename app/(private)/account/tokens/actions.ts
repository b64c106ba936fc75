"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { userAction, userFormAction } from "@/app/_actions/user-action";
import { accountLimits, countAttempt, tooManyAttempts } from "@/lib/auth/rate-limits";
import { SCOPES } from "@/lib/auth/scopes";
import { DEFAULT_LIFETIME, LIFETIMES, scopeField } from "@/lib/auth/token-form";
import { createAccessToken, revokeAccessToken, TooManyTokensError } from "@/lib/auth/tokens";

const PAGE = "/account/tokens";

const DAY_SECONDS = 24 * 60 * 60;

const newToken = z
  .looseObject({
    name: z
      .string()
      .trim()
      .min(1, "Give the token a name, such as the program that will use it.")
      .max(60, "Use at most 60 characters."),
    lifetime: z.enum(LIFETIMES, "Choose from the list.").default(DEFAULT_LIFETIME),
  })
  .transform(({ name, lifetime, ...boxes }, context) => {
    const scopes = SCOPES.filter((scope) => boxes[scopeField(scope)] !== undefined);
    if (!scopes.length) {
      context.addIssue({ code: "custom", path: ["scope"], message: "Choose what the program may do." });
    }
    return { name, scopes, expiresInSeconds: Number(lifetime) * DAY_SECONDS || undefined };
  });

/** The state that it returns has the token itself, this once. */
export const createToken = userFormAction(PAGE, newToken, async ({ user, data }, state) => {
  const retryAfter = await countAttempt(accountLimits("token", user.id));
  if (retryAfter !== null) return { ...state, message: tooManyAttempts(retryAfter) };
  const { name, scopes, expiresInSeconds } = data;
  try {
    const token = await createAccessToken(user.id, name, { scopes, expiresInSeconds });
    revalidatePath(PAGE);
    return { values: {}, errors: {}, token };
  } catch (error) {
    if (error instanceof TooManyTokensError) return { ...state, message: error.message };
    throw error;
  }
});

const oldToken = z.object({ token_id: z.uuid() });

export const revokeToken = userAction(PAGE, oldToken, async ({ user, data }) => {
  await revokeAccessToken(user.id, data.token_id);
  revalidatePath(PAGE);
});
