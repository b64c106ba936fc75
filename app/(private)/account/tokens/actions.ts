"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { requireUser } from "@/lib/auth/session";
import { createAccessToken, revokeAccessToken } from "@/lib/auth/tokens";
import { type FormState, fieldsOf, parseForm } from "@/lib/form";

const newToken = z.object({
  name: z.string().trim().min(1, "Give the token a name, such as the program that will use it.").max(60),
});

/** @returns the token itself, this once. */
export async function createToken(_: FormState, form: FormData): Promise<FormState & { token?: string }> {
  const user = await requireUser("/account/tokens");
  const { data, state } = parseForm(newToken, form);
  if (!data) return state;
  const token = await createAccessToken(user.id, data.name);
  revalidatePath("/account/tokens");
  return { values: {}, errors: {}, token };
}

export async function revokeToken(form: FormData): Promise<void> {
  const user = await requireUser("/account/tokens");
  const id = z.uuid().safeParse(fieldsOf(form).token_id);
  if (id.success) await revokeAccessToken(user.id, id.data);
  revalidatePath("/account/tokens");
}
