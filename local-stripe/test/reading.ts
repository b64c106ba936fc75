import { resources } from "../resources/index";
import type { Local } from "./harness";

export type Plain = Readonly<Record<string, unknown>>;

export const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Everything in an answer that is a Stripe object, at whatever depth. */
export function objectsIn(value: unknown): Plain[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (!isPlain(value)) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return typeof value.object === "string" ? [value, ...inner] : inner;
}

const rowsOf = (answer: Plain): readonly Plain[] =>
  answer.object === "list" ? (answer.data as Plain[]) : [];

/** A list cannot do without these parameters. */
const NARROWED: Readonly<Record<string, (found: readonly Plain[]) => string>> = {
  "/v1/credit_notes/preview": previewed,
  "/v1/credit_notes/preview/lines": previewed,
  "/v1/billing/credit_balance_summary": (found) =>
    `?customer=${one(found, "billing.credit_grant", "customer").customer}&filter[type]=applicability_scope&filter[applicability_scope][price_type]=metered`,
  "/v1/billing/meters/:id/event_summaries": (found) =>
    `?customer=${one(found, "setup_intent", "customer").customer}&start_time=60&end_time=253402300740`,
  "/v1/entitlements/active_entitlements": (found) =>
    `?customer=${one(found, "setup_intent", "customer").customer}`,
  "/v1/payment_methods": (found) => `?customer=${one(found, "setup_intent", "customer").customer}`,
  "/v1/setup_attempts": (found) => `?setup_intent=${one(found, "setup_intent", "latest_attempt").id}`,
  "/v1/subscription_items": (found) => `?subscription=${one(found, "subscription", "id").id}`,
};

/** Objects that are read only as a part of another one, and the way to them there. */
const WITHIN: Readonly<Record<string, readonly [route: string, way: string]>> = {
  item: ["/v1/checkout/sessions", "line_items.data"],
};

/** Ids that no list tells come from elsewhere. */
const UNLISTED: Readonly<Record<string, (found: readonly Plain[]) => unknown>> = {
  "/v1/accounts": (found) => one(found, "account", "id").id,
  "/v1/payment_pages": (found) => one(found, "checkout.session", "id").id,
};

/** A cent more of an invoice that is still to be paid: what was credited of it was so before. */
function previewed(found: readonly Plain[]): string {
  const note = found.find(({ object, type }) => object === "credit_note" && type === "pre_payment");
  return `?invoice=${note?.invoice}&amount=1`;
}

function one(found: readonly Plain[], object: string, having: string): Plain {
  const match = found.find((candidate) => candidate.object === object && candidate[having]);
  if (!match) throw new Error(`The world has no ${object} with ${having}.`);
  return match;
}

/** Asks every route that reads, with every id that the lists tell, and every field that exists only when asked for. */
export async function readEverything(
  local: Local,
  found: Plain[],
): Promise<Readonly<Record<string, number>>> {
  const routes = resources
    .flatMap((resource) => Object.keys(resource.routes))
    .filter((route) => route.startsWith("GET ") && !route.endsWith("/search") && !route.includes("/payouts"))
    .map((route) => route.slice("GET ".length))
    .sort((a, b) => a.split("/:").length - b.split("/:").length);
  const answerTo = async (path: string, query = ""): Promise<Plain> => {
    const answer = await fetch(`${local.origin}${path}${query}`, {
      headers: { Authorization: "Bearer sk_test_x" },
    });
    if (!answer.ok) throw new Error(`${path}${query}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const counts: Record<string, number> = {};
  const ids = new Map<string, unknown[]>();
  const homes = new Map<unknown, string>();

  for (const route of routes) {
    let count = 0;
    for (const path of pathsOf(route, ids, found)) {
      const answer = await answerTo(path, NARROWED[route]?.(found));
      const rows = rowsOf(answer);
      found.push(...objectsIn(answer));
      count += answer.object === "list" ? rows.length : 1;
      ids.set(
        path,
        rows.map(({ id }) => id),
      );
      if (path === route) for (const { object } of rows) homes.set(object, route);
    }
    counts[route] = count;
  }
  for (const { expansions = {} } of resources) {
    for (const [object, fields] of Object.entries(expansions)) {
      for (const field of Object.keys(fields)) {
        const [outer, way] = WITHIN[object] ?? [];
        if (outer !== undefined) {
          const answers = await Promise.all(
            (ids.get(outer) ?? []).map((id) => answerTo(`${outer}/${id}`, `?expand[]=${way}.${field}`)),
          );
          const inner = answers.flatMap(objectsIn).filter((one) => one.object === object);
          found.push(...inner);
          counts[`${object}.${field}`] = inner.filter((one) => one[field]).length;
          continue;
        }
        const home = homes.get(object) as string;
        let count = 0;
        for (const id of ids.get(home) ?? []) {
          const answer = await answerTo(`${home}/${id}`, `?expand[]=${field}`);
          found.push(...objectsIn(answer));
          count += answer[field] ? 1 : 0;
        }
        counts[`${object}.${field}`] = count;
      }
    }
  }
  return counts;
}

function pathsOf(route: string, ids: ReadonlyMap<string, unknown[]>, found: readonly Plain[]): string[] {
  const [before = "", after = ""] = route.split(/\/:id/);
  if (before === route) return [route];
  const outer = (ids.get(before) ?? [UNLISTED[before]?.(found)]).map((id) => `${before}/${id}${after}`);
  if (!after.endsWith("/:nested")) return outer;
  return outer.flatMap((path) => {
    const list = path.slice(0, -"/:nested".length);
    return (ids.get(list) ?? []).map((id) => `${list}/${id}`);
  });
}
