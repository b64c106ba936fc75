import type { Choose } from "../../test/support/random";
import { actionInput } from "./action-input";
import type { Endpoint } from "./endpoints";
import { webhookInput } from "./webhook-input";
import {
  type FuzzInput,
  GOOD,
  HOSTILE,
  type Known,
  latin,
  NAMES,
  NEXT_HEADERS,
  NEXT_WORDS,
  wellFormed,
} from "./words";

const PASSWORDS = ["correct horse battery", "x", "p".repeat(200)];

/** One request to an endpoint, half meant well and half by somebody who means harm. */
export function fuzzInput(random: Choose, endpoint: Endpoint, known: Known): FuzzInput {
  const isRare = () => random(1, 2, 3, 4, 5, 6, 7, 8) === 1;
  const value = () =>
    random(...HOSTILE, ...known.ids, "ada@example.com", ...PASSWORDS, "/account", known.origin);
  const params = () => {
    const pairs = Array.from({ length: random(0, 1, 2, 4) }, () => [random(...NAMES), value()]);
    return new URLSearchParams(pairs).toString();
  };
  const headers: Record<string, string> = {
    ...(isRare() ? {} : { Origin: isRare() ? random("null", "https://evil.example", "%") : known.origin }),
    ...(random(true, false) ? { Cookie: isRare() ? `session=${latin(value())}` : known.cookie } : {}),
    ...(isRare()
      ? { Authorization: random("Bearer", "Basic !", "Bearer tf_x", `Bearer ${latin(value())}`) }
      : {}),
    ...(isRare()
      ? { "X-Forwarded-For": latin(value()) }
      : { "X-Forwarded-For": `10.0.0.${random(1, 2, 3)}` }),
    ...(isRare() ? { RSC: "1" } : {}),
    ...(isRare() ? { "Accept-Language": latin(value()), "User-Agent": latin(value()) } : {}),
    ...(isRare() ? { [random(...NEXT_HEADERS)]: latin(random(value(), ...NEXT_WORDS)) } : {}),
    ...(isRare() && isRare()
      ? { RSC: "1", "Next-Router-State-Tree": random("%", "[", "{}", `["${known.canary}"]`, known.canary) }
      : {}),
  };
  // The catch-all begins below /api; at its own address there is no route, which Next says as it does of a page.
  const isRoute = endpoint.kind === "route" && endpoint.path !== "/api";
  const byBrowser = isRoute || !isOddToNext(headers);
  const query = random(true, false) ? `?${isRare() ? random("%zz", "%00", "a[=&&=", "[]=1") : params()}` : "";
  const more = isRare() ? `/${random("%zz", "%00", "..%2f", encodeURIComponent(wellFormed(value())))}` : "";

  if (endpoint.kind === "action") {
    const { canary } = known;
    return actionInput(random, endpoint, { headers, value, params, query, canary, byBrowser });
  }
  const path = `${endpoint.path}${more}${query}`;
  const method =
    endpoint.kind === "page" && !isRare()
      ? "GET"
      : random(
          "GET",
          "POST",
          "POST",
          "POST",
          "PUT",
          "DELETE",
          "PATCH",
          "HEAD",
          "OPTIONS",
          "TRACE",
          "PROPFIND",
        );
  if (method === "GET" || method === "HEAD") return { method, path, headers, byBrowser };
  if (endpoint.path.endsWith("stripe-webhook")) return webhookInput(random, path, headers, known);
  const json = JSON.stringify(jsonOf(random, value));
  return {
    method,
    path,
    headers: {
      ...(endpoint.path.startsWith("/api/v1") ? { Authorization: `Bearer ${known.token}` } : {}),
      "Content-Type": random("application/json", "application/x-www-form-urlencoded", "text/plain", "x"),
      ...headers,
    },
    body: random(json, json, params(), value(), "{", "\ufffd".repeat(20_000)),
    byBrowser,
  };
}

/** A place of the router that is none, or a type that is not its body's: of pages, only Next can tell. */
const isOddToNext = (headers: Record<string, string>) =>
  "Content-Type" in headers || ("RSC" in headers && "Next-Router-State-Tree" in headers);

function jsonOf(random: Choose, value: () => string): unknown {
  const leaf = () =>
    random<unknown>(value(), value(), 1, -1, 1e308, null, true, [], {}, [value()], { [value()]: value() });
  if (random(1, 2, 3, 4, 5, 6) === 1) return leaf();
  const sound = random<(keyof typeof GOOD)[] | null>(null, ["email", "password"], ["product_id"]);
  if (sound) return Object.fromEntries(sound.map((name) => [name, random(GOOD[name], value(), leaf())]));
  return Object.fromEntries(NAMES.filter(() => random(1, 2, 3, 4) === 1).map((name) => [name, leaf()]));
}
