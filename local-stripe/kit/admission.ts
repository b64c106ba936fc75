import type { Context } from "hono";
import { API_VERSION } from "./account";
import { invalid, StripeError } from "./errors";
import { versionRefusal } from "./versions";

/** Refuses a request by its headers: without a key, as of a version that is not known, or for another account. */
export function admit(c: Context): void {
  authenticate(c.req.header("Authorization"));
  checkVersion(versionOf(c));
  refuseConnect(c);
}

function authenticate(header: string | undefined): void {
  const key = header?.startsWith("Basic ")
    ? Buffer.from(header.slice(6), "base64").toString().split(":")[0]
    : header?.replace(/^Bearer\s+/i, "").trim();
  if (!key) {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (/^(sk|rk)_test_\w+$/.test(key)) return;
  if (/^pk_/.test(key)) {
    throw unauthorized(
      "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
    );
  }
  const shown = `${key.slice(0, 8).replace(/[^\w]/g, "")}${"*".repeat(8)}${key.slice(-4)}`;
  throw unauthorized(`Invalid API Key provided: ${shown}`);
}

const unauthorized = (message: string) => new StripeError(401, { type: "invalid_request_error", message });

/** The version that a request wants to be answered in. */
export const versionOf = (c: Context): string => c.req.header("Stripe-Version") ?? API_VERSION;

function checkVersion(version: string): void {
  const refusal = versionRefusal(version);
  if (refusal !== undefined) throw invalid(refusal);
}

/** A request on behalf of another account would otherwise act on this one, and nobody would notice. */
function refuseConnect(c: Context): void {
  for (const header of ["Stripe-Account", "Stripe-Context"]) {
    if (c.req.header(header) === undefined) continue;
    throw invalid(`Local Stripe has one account and no Connect: send the request without ${header}.`);
  }
}
