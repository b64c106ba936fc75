import type { Local } from "./start";

type Value = string | number | boolean | null | undefined;
export type Params = { readonly [name: string]: Value | Params | readonly (Value | Params)[] };

/** An answer as it came over the wire, whose fields are anybody's to ask for. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what Stripe recorded is compared, whatever its type.
  readonly body: any;
}

/** One call without an SDK in between: `ask("POST /v1/refunds", { charge })`. */
export async function ask(local: Local, route: string, params: Params = {}): Promise<Answer> {
  const [method = "GET", path = ""] = route.split(" ");
  const form = new URLSearchParams(fieldsOf(params)).toString();
  const isRead = method === "GET";
  const answer = await fetch(`${local.origin}${path}${isRead && form ? `?${form}` : ""}`, {
    method,
    headers: { Authorization: "Bearer sk_test_x", "Content-Type": "application/x-www-form-urlencoded" },
    ...(isRead ? {} : { body: form }),
  });
  return { status: answer.status, body: await answer.json() };
}

function fieldsOf(params: Params, prefix = ""): [string, string][] {
  return Object.entries(params).flatMap(([name, value]) => {
    const path = prefix ? `${prefix}[${name}]` : name;
    if (value === undefined) return [];
    if (typeof value === "object" && value !== null) return fieldsOf(value as Params, path);
    return [[path, value === null ? "" : String(value)] as [string, string]];
  });
}
