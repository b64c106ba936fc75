import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { cookies } from "next/headers";
import { env } from "@/env";

/**
 * A browser in which somebody has signed in before: strangers who guess at the account use up no attempts of its. The
 * cookie says so and no more; it signs nobody in. There is one for each account that was signed in to.
 * https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const secure = env.APP_URL.startsWith("https:");

/** @returns the browser's id, under which its attempts at this account are counted; null when it is a stranger's */
export async function getKnownDevice(email: string): Promise<string | null> {
  const [id = "", seal = ""] = (await cookies()).get(nameFor(email))?.value.split(".") ?? [];
  const expected = Buffer.from(sealFor(email, id));
  const given = Buffer.from(seal);
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
}

/** For whoever has just signed in. */
export async function rememberDevice(email: string): Promise<void> {
  const id = (await getKnownDevice(email)) ?? randomText(16);
  await setCookie(email, `${id}.${sealFor(email, id)}`);
}

/** For whoever has not, but may not learn that from the cookies of the answer. A browser that is known stays so. */
export async function seemToRemember(email: string): Promise<void> {
  if (await getKnownDevice(email)) await rememberDevice(email);
  else await setCookie(email, `${randomText(16)}.${randomText(32)}`);
}

async function setCookie(email: string, value: string) {
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure, maxAge: YEAR_SECONDS } as const;
  (await cookies()).set(nameFor(email), value, options);
}

const randomText = (bytes: number) => randomBytes(bytes).toString("base64url");

const nameFor = (email: string) =>
  `${secure ? "__Host-" : ""}device-${keyed("device-name", email).slice(0, 16)}`;

const sealFor = (email: string, id: string) => keyed("device", email, id);

const keyed = (purpose: string, email: string, id = "") =>
  createHmac("sha256", env.AUTH_SECRET)
    .update(JSON.stringify([purpose, email.toLowerCase(), id]))
    .digest("base64url");
