import { localStripe } from "../app";
import { numbersFrom } from "../kit/random";
import { resources } from "../resources/index";
import { HOSTILE, PLAUSIBLE, PREFIXES, USUAL, UTF8_HALF } from "./fuzz-words";

/** One request as it goes over the wire. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Random = <T>(...choices: readonly T[]) => T;

/** The same seed makes the same requests of the same answers. */
export function randomFrom(seed: number): Random {
  const next = numbersFrom(seed);
  return (...choices) => choices[Math.floor(next() * choices.length)] as (typeof choices)[number];
}

/** Ids that answers have told, by what they begin with. */
export class Pool {
  readonly #ids = new Map<string, string[]>();
  #pages: string[] = [];

  /** Remembers the latest few of each kind. */
  harvest(answer: string): void {
    for (const [, id = "", prefix = ""] of answer.matchAll(/"((\w+?_)\w{8,80})"/g)) {
      const known = this.#ids.get(prefix) ?? [];
      if (!known.includes(id)) this.#ids.set(prefix, [...known, id].slice(-8));
    }
    for (const [page] of answer.matchAll(/\/(?:c\/pay|p\/session|i|receipts|3ds)\/\w+/g)) {
      if (!this.#pages.includes(page)) this.#pages = [...this.#pages, page].slice(-20);
    }
  }

  /** Hosted pages that answers led to. */
  page(random: Random): string {
    return this.#pages.length ? random(...this.#pages) : "/";
  }

  pick(random: Random, prefix: string): string {
    const known = prefix === "" ? [...this.#ids.values()].flat() : (this.#ids.get(prefix) ?? []);
    return known.length ? random(...known) : `${prefix}x`;
  }
}

const ROUTES = resources.flatMap(({ routes }) => Object.entries(routes));
const NAMES = [...new Set(ROUTES.flatMap(([, { schema }]) => namesIn(schema)))];

/** Every name that a schema has at any depth. */
function namesIn(schema: unknown, depth = 0): string[] {
  if (typeof schema !== "object" || schema === null || depth > 12) return [];
  const {
    shape,
    innerType,
    element,
    options,
    out,
    in: input,
  } = (schema as { def: Record<string, unknown> }).def;
  const own = shape ? Object.entries(shape as object) : [];
  const inner = [innerType, element, out, input, ...((options as unknown[]) ?? [])];
  return [
    ...own.flatMap(([name, field]) => [name, ...namesIn(field, depth + 1)]),
    ...inner.flatMap((one) => namesIn(one, depth + 1)),
  ];
}

const PAGES = localStripe(() => {})
  .routes.map(({ path }) => path)
  .filter((path) => !/^\/(v1|__local)|\*/.test(path));

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  account_number: ["000123456789", "000111111116"],
  cvc: ["123", "12"],
  email: ["ada@example.com"],
  expiry: ["12 / 34", "01/20", "13/34"],
  method: ["card", "us_bank_account"],
  name: ["Ada"],
  number: ["4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0027 6000 3184", "1"],
  promotion_code: ["SAVE"],
  routing_number: ["110000000"],
  zip: ["94107"],
};

/** A browser's request: for a page of ours, or a form of it with fields filled in or not. */
function pageRequest(random: Random, pool: Pool): FuzzRequest {
  const hostile = random(true, false, false, false);
  const id = () => (hostile ? encodeURIComponent(random(...HOSTILE)) : pool.pick(random, ""));
  const path = random(pool.page(random), random(...PAGES).replaceAll(/:\w+(\{.*?\})?/g, id));
  if (random(true, false)) return { method: "GET", path, headers: {} };
  const fields = Object.entries(FIELDS)
    .filter(() => random(true, true, true, false))
    .map(([name, values]) => `${name}=${encoded(random(...(random(1, 2, 3, 4) === 1 ? HOSTILE : values)))}`);
  return {
    method: "POST",
    path,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: fields.join("&"),
  };
}

/** A request to a place that exists or not, with parameters that make sense or not. */
export function fuzzRequest(random: Random, pool: Pool): FuzzRequest {
  if (random(1, 2, 3, 4, 5, 6, 7, 8) === 1) return pageRequest(random, pool);
  const [route, { schema }] = random(...ROUTES);
  const [own = "GET", pattern = ""] = route.split(" ");
  const rarely = () => random(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) === 1;
  const method = rarely() ? random("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS") : own;
  const prefix = rarely() ? "" : prefixFor(pattern);
  const id = () => (rarely() ? encodeURIComponent(random(...HOSTILE)) : pool.pick(random, prefix));
  const known = pattern.replace(":id", id).replace(":nested", () => pool.pick(random, ""));
  const path = rarely() ? strayed(known, random) : known;
  const names = Object.keys(schema.shape);
  // Every other request is meant well, so that the state moves; even so most of them make no sense.
  const sound = random(true, false);
  const usual = sound ? (USUAL[route] ?? []) : [];
  const required = names.filter((name) => isRequired(schema.shape[name]) && (sound || !rarely()));
  const any = () => (names.length && (sound || !rarely()) ? random(...names) : random(...NAMES));
  const more = Array.from({ length: random(...(sound ? [0, 0, 0, 1, 2] : [0, 1, 2, 3, 5, 8])) }, any);
  const params = [
    ...usual.map((name) => `${name}=${valueFor(name, random, pool, sound)}`),
    ...[...required, ...more].flatMap((name) => parameters(name, schema.shape[name], random, pool, sound)),
  ].join("&");
  const inBody = method !== "GET" && method !== "HEAD";
  return {
    method,
    path: inBody || params === "" ? path : `${path}?${params}`,
    headers: headers(random, rarely),
    ...(inBody ? { body: params } : {}),
  };
}

const isRequired = (field: unknown) => (field as { def: { type: string } }).def.type !== "optional";

function prefixFor(pattern: string): string {
  const [, name = ""] = /([a-z_]+)\/:id/.exec(pattern) ?? [];
  const known: Readonly<Record<string, string>> = {
    configurations: "bpc_",
    invoice_payments: "inpay_",
    payment_pages: "cs_",
    sessions: "cs_",
    setup_intents: "seti_",
    webhook_endpoints: "we_",
    disputes: "du_",
    refunds: "re_",
    events: "evt_",
  };
  return known[name] ?? PREFIXES[name.slice(0, -1)] ?? "";
}

const strayed = (path: string, random: Random) =>
  random(
    `${path}/`,
    `${path}/x`,
    path.replace("/v1/", "/v1//"),
    path.slice(0, -1),
    `/v1/${encodeURIComponent(random(...HOSTILE))}`,
    `/v1/${UTF8_HALF}`,
    "/v1/%zz",
    "/v2/core/events",
    "/c/pay/cs_test_x",
    "/p/session/x",
    "/i/x",
    "/3ds/pi_x",
    "/__local/clock",
    "/__local/deliveries?state=held",
    "/assets/nothing",
  );

/** One parameter, written out: as its schema has it, or in a shape that nobody would think of. */
function parameters(
  name: string,
  field: unknown,
  random: Random,
  pool: Pool,
  sound: boolean,
  depth = 0,
): string[] {
  const inner = structureOf(field);
  if (!sound && random(1, 2, 3, 4, 5, 6, 7, 8) === 1) {
    const odd = random(
      "[]",
      "[0]",
      "[a]",
      "[__proto__]",
      "[constructor][prototype]",
      "[",
      "]",
      "[999999]",
      "[0][a][b]",
    );
    return [`${name}${random(odd, "[x]".repeat(30))}=${encoded(random(...HOSTILE))}`];
  }
  if (inner === "list")
    return parameters(`${name}[${random("", "0")}]`, elementOf(field), random, pool, sound, depth + 1);
  if (inner && depth < 4) {
    const names = Object.keys(inner).filter((key) => isRequired(inner[key]) || random(1, 2, 3) === 1);
    return names.flatMap((key) => parameters(`${name}[${key}]`, inner[key], random, pool, sound, depth + 1));
  }
  return [`${name}=${valueFor(name, random, pool, sound)}`];
}

type Shape = Readonly<Record<string, unknown>>;

function structureOf(field: unknown): Shape | "list" | undefined {
  const def = (field as { def?: Record<string, unknown> } | undefined)?.def;
  if (!def) return undefined;
  if (def.type === "array") return "list";
  if (def.shape) return def.shape as Shape;
  return structureOf(def.innerType ?? def.out);
}

function elementOf(field: unknown): unknown {
  const { element, innerType, out } = (field as { def: Record<string, unknown> }).def;
  return element ?? elementOf(innerType ?? out);
}

function valueFor(name: string, random: Random, pool: Pool, sound: boolean): string {
  const [last = name] = name.match(/\w+(?=\]?(\[\d*\])?$)/) ?? [];
  const prefix = PREFIXES[last];
  const known = PLAUSIBLE[last] ?? (prefix === undefined ? ["true", "1", "Ada"] : []);
  const ids = prefix === undefined ? [] : [pool.pick(random, prefix), pool.pick(random, prefix)];
  const choices = !sound && random(1, 2, 3) === 1 ? HOSTILE : [...known, ...ids];
  return encoded(random(...choices));
}

const encoded = (text: string) => encodeURIComponent(text).replaceAll("%20", "+");

function headers(random: Random, rarely: () => boolean): Record<string, string> {
  return {
    Authorization: rarely() ? random("", "Bearer", "Basic !", "Bearer pk_test_1", "é") : "Bearer sk_test_x",
    ...(rarely() ? { "Idempotency-Key": random("", "a", "b", "é", "k".repeat(300), "__proto__") } : {}),
    ...(rarely() ? { "Stripe-Version": random("", "2024-06-20", "tomorrow", "é") } : {}),
    ...(rarely() ? { "Content-Type": random("application/json", "multipart/form-data", "x") } : {}),
  };
}
