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
import { isEasyToGuess } from "@/lib/auth/easy-passwords";
import { toNextPath } from "@/lib/auth/next-path";
import { hashPassword, isBusy, passwordSchema } from "@/lib/auth/passwords";
import { countAttempt, registrationLimits, tooManyAttempts } from "@/lib/auth/rate-limits";
import { type FormState, withError } from "@/lib/form";
import { FullError } from "@/lib/limit";

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

/**
 * Answers alike whether or not the address has an account, after the same work: somebody new is signed in, and so is
 * whoever typed the password that the address has already. To anybody else the sign-in page, where they are led next,
 * says what happened. Whoever follows that far learns it; only a mail to the address could keep it from them.
 */
export const register = visitorFormAction(registration, async (data, state) => {
  if (isBusy("strangers")) return { ...state, message: BUSY };
  const retryAfter = await countAttempt(registrationLimits(clientIp(await headers())));
  if (retryAfter !== null) return { ...state, message: tooManyAttempts(retryAfter) };
  const { name, email, password } = data;
  if (isEasyToGuess(password, [name, email])) return withError(state, "password", EASY_TO_GUESS);
  const passwordHash = await hashPassword(password).catch(noneIfBusy);
  if (!passwordHash) return { ...state, message: BUSY };
  await insertUser({ name, email, passwordHash });
  const refusal = await trySignIn(email, password);
  if (refusal && refusal !== "wrong") return toState(refusal, state);
  if (!refusal) return goOn(data);
  await auth.signNobodyIn(email, name);
  redirect(
    data.product_id ? `/login?${new URLSearchParams({ product: data.product_id })}` : toNextPath(data.next),
  );
});

const EASY_TO_GUESS =
  "This is among the first passwords that somebody would try. A few words that nobody expects together are hard to guess.";
const BUSY = "Too many people are signing in at this moment. Try again in a few seconds.";

function noneIfBusy(error: unknown): null {
  if (error instanceof FullError) return null;
  throw error;
}

export const login = visitorFormAction(credentials, async (data, state) => {
  const refusal = await trySignIn(data.email, data.password);
  return refusal ? toState(refusal, state) : goOn(data);
});

export async function signOut(): Promise<void> {
  await auth.signOut();
  redirect("/");
}

/** @returns null when somebody is signed in now, else the code of lib/auth/index.ts that says why not */
async function trySignIn(email: string, password: string): Promise<string | null> {
  try {
    await auth.signIn(email, password);
    return null;
  } catch (error) {
    if (!(error instanceof CredentialsSignin)) throw error;
    return error.code;
  }
}

function toState(refusal: string, state: FormState): FormState {
  const retryAfter = refusal.match(/^limited:(\d+)$/)?.[1];
  if (retryAfter) return { ...state, message: tooManyAttempts(Number(retryAfter)) };
  if (refusal === "busy") return { ...state, message: BUSY };
  return withError(state, "password", "There is no account with this e-mail and password.");
}

/** To the checkout the person came for, else to the page they were heading for. */
async function goOn({ email, product_id: productId, next }: z.infer<typeof credentials>): Promise<never> {
  const user = productId ? await getUserByEmail(email) : null;
  if (user && productId) await toCheckout(user, productId);
  redirect(toNextPath(next));
}
