"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { CredentialsSignin } from "next-auth";
import { z } from "zod";
import { toCheckout } from "@/app/_actions/to-checkout";
import { visitorFormAction } from "@/app/_actions/user-action";
import { getUserByEmail, insertUser } from "@/db/queries/users";
import * as auth from "@/lib/auth";
import { clientIp } from "@/lib/auth/client-ip";
import { toNextPath } from "@/lib/auth/next-path";
import { hashPassword, passwordSchema } from "@/lib/auth/passwords";
import { countAttempt, registrationLimits, tooManyAttempts } from "@/lib/auth/rate-limits";
import { type FormState, withError } from "@/lib/form";

const heading = { next: z.string().optional(), product_id: z.uuid().optional().or(z.literal("")) };
const email = z
  .email("Enter an e-mail address like ada@example.com.")
  .max(254, "Use at most 254 characters.");

const registration = z.object({
  ...heading,
  name: z.string().trim().min(1, "Tell us your name.").max(100, "Use at most 100 characters."),
  email,
  password: passwordSchema,
});
const credentials = z.object({ ...heading, email, password: z.string().min(1, "Enter your password.") });

export const register = visitorFormAction(registration, async (data, state) => {
  const retryAfter = await countAttempt(registrationLimits(clientIp(await headers())));
  if (retryAfter !== null) return { ...state, message: tooManyAttempts(retryAfter) };
  const { name, email, password } = data;
  const user = await insertUser({ name, email, passwordHash: await hashPassword(password) });
  if (!user)
    return withError(
      state,
      "email",
      "This address cannot be used for a new account. If it is yours, sign in.",
    );
  return signInAndGoOn(data, state);
});

export const login = visitorFormAction(credentials, signInAndGoOn);

export async function signOut(): Promise<void> {
  await auth.signOut();
  redirect("/");
}

/** To the checkout the person came for, else to the page they were heading for. */
async function signInAndGoOn(data: z.infer<typeof credentials>, state: FormState): Promise<FormState> {
  const { email, password } = data;
  try {
    await auth.signIn(email, password);
  } catch (error) {
    if (!(error instanceof CredentialsSignin)) throw error;
    const retryAfter = error.code.match(/^limited:(\d+)$/)?.[1];
    if (retryAfter) return { ...state, message: tooManyAttempts(Number(retryAfter)) };
    return withError(state, "password", "There is no account with this e-mail and password.");
  }
  const user = data.product_id ? await getUserByEmail(email) : null;
  if (user && data.product_id) await toCheckout(user, data.product_id);
  redirect(toNextPath(data.next));
}
