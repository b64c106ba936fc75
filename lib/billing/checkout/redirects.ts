import { env } from "@/env";

/** Stripe replaces it with the session's id; it must reach Stripe literally. */
const SESSION_ID = "{CHECKOUT_SESSION_ID}";

export const ownSuccessUrl = `${env.APP_URL}/success?session_id=${SESSION_ID}`;
export const ownCancelUrl = `${env.APP_URL}/cancel`;

/**
 * Tells if Checkout may send a person to a URL that a program named. The origin has to be on the list exactly;
 * everything that parses differently elsewhere (control characters, backslashes, user info) is refused.
 * https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html
 */
export function isAllowedRedirect(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses.
  if (/[\u0000-\u0020\\\u007f-\uffff]/.test(text)) return false;
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username || url.password) return false;
  if (url.protocol !== "https:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)) return false;
  return [env.APP_URL, ...env.ALLOWED_REDIRECT_ORIGINS].includes(url.origin);
}
