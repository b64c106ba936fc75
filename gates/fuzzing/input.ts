import { HOSTILE, type Random } from "../../local-stripe/test/fuzz";
import type { Endpoint } from "./endpoints";

/** What somebody has who fuzzes with good credentials. */
export interface Known {
  origin: string;
  cookie: string;
  token: string;
  /** Ids that exist: products, sessions, users. */
  ids: string[];
  sign(payload: string): string;
}

export interface FuzzInput {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | FormData;
  /** Next itself cannot read it, and answers 500 to that. */
  isBroken?: boolean;
}

interface Given {
  headers: Record<string, string>;
  value(): string;
  params(): string;
  query: string;
}

const NAMES = [
  ...[
    "product_id",
    "email",
    "password",
    "name",
    "next",
    "token_id",
    "session_id",
    "callbackUrl",
    "csrfToken",
  ],
  ...["success_url", "cancel_url", "notice", "product", "role", "customer", "__proto__", "constructor"],
];
/** No encoding of React's for the arguments of an action; Next answers 500 before any code of ours. */
const BROKEN = ['["$1"]', '["$F1"]', '["$Q1"]', '["$@1"]', "[", "{}", ""];
const TYPES = [
  "text/plain;charset=UTF-8",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
];
const AUTH = [
  "csrf",
  "session",
  "providers",
  "signin",
  "signout",
  "callback/credentials",
  "error",
  "signin/credentials",
  "callback/x",
];
const PASSWORDS = ["correct horse battery", "x", "p".repeat(200)];

/** One request to an endpoint, half meant well and half by somebody who means harm. */
export function fuzzInput(random: Random, endpoint: Endpoint, known: Known): FuzzInput {
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
  };
  const query = random(true, false) ? `?${isRare() ? random("%zz", "%00", "a[=&&=", "[]=1") : params()}` : "";
  const more = isRare() ? `/${random("%zz", "%00", "..%2f", encodeURIComponent(wellFormed(value())))}` : "";

  if (endpoint.kind === "action") return actionInput(random, endpoint, { headers, value, params, query });
  const path = `${endpoint.path === "/api/auth" ? `/api/auth/${random(...AUTH)}` : endpoint.path}${more}${query}`;
  const method =
    endpoint.kind === "page" && !isRare()
      ? "GET"
      : random("GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS");
  if (method === "GET" || method === "HEAD") return { method, path, headers };
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
  };
}

function actionInput(random: Random, { path, action = "" }: Endpoint, given: Given): FuzzInput {
  const { headers, value, params, query } = given;
  const form = new FormData();
  const fields = (prefix: string) => {
    for (const name of NAMES) if (random(1, 2, 3) === 1) form.append(prefix + name, value());
  };
  const input = { method: "POST", path: `${path}${query}` };
  // Without JavaScript the form itself says which action it calls.
  if (random(true, false)) {
    fields("");
    form.append(`$ACTION_ID_${action}`, "");
    return { ...input, headers, body: form };
  }
  const called = { ...headers, "Next-Action": action };
  if (random(1, 2, 3, 4) === 1) {
    const broken = random<string | FormData>(random(...BROKEN), params(), value());
    return {
      ...input,
      headers: { ...called, "Content-Type": random(...TYPES) },
      body: broken,
      isBroken: true,
    };
  }
  const text = random<string | null>(
    null,
    null,
    "[]",
    "[null]",
    '["$undefined"]',
    '[1,"x"]',
    "[{},{}]",
    "[[],[1]]",
  );
  if (text)
    return { ...input, headers: { ...called, "Content-Type": "text/plain;charset=UTF-8" }, body: text };
  fields("1_");
  form.append("0", random('["$K1"]', '[{},"$K1"]', '[{"values":{},"errors":{}},"$K1"]', '["$K1","$K1"]'));
  return { ...input, headers: called, body: form };
}

/** Signed by Stripe's secret or not; what is signed is never an event, for a true one may be answered 503. */
function webhookInput(
  random: Random,
  path: string,
  headers: Record<string, string>,
  { sign }: Known,
): FuzzInput {
  const value = () =>
    random<unknown>(
      null,
      1,
      "x",
      [],
      {},
      { object: null },
      { object: {} },
      true,
      Number.MAX_VALUE,
      ...HOSTILE,
    );
  const almost = {
    id: random("evt_1", value()),
    type: value(),
    created: random(1, value()),
    livemode: random(false, value()),
  };
  const body = random(
    JSON.stringify({ ...almost, data: random(value(), { object: value() }) }),
    "{",
    "",
    String(random(...HOSTILE)),
  );
  const signature = random(
    sign(body),
    sign(body),
    sign(`${body} `),
    "t=1,v1=0",
    "t=,v1=",
    "x",
    `t=${"9".repeat(400)},v1=00`,
  );
  return { method: "POST", path, headers: { ...headers, "Stripe-Signature": signature }, body };
}

function jsonOf(random: Random, value: () => string): unknown {
  const leaf = () =>
    random<unknown>(value(), value(), 1, -1, 1e308, null, true, [], {}, [value()], { [value()]: value() });
  if (random(1, 2, 3, 4, 5, 6) === 1) return leaf();
  return Object.fromEntries(NAMES.filter(() => random(1, 2, 3, 4) === 1).map((name) => [name, leaf()]));
}

/** What can stand in a header. */
const latin = (text: string) => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, "?");
const wellFormed = (text: string) => Buffer.from(text).toString();
