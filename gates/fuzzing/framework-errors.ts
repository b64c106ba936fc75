import { env } from "../../env";
import { type Answer, ask } from "../shop/ask";
import type { Shop } from "../shop/shop";
import type { FuzzInput, Known } from "./words";

/** Examines the 5xx that the framework itself answers to inputs no browser sends; decision 017. */

export interface Sent {
  origin: string;
  input: FuzzInput;
}

type Secrets = Pick<Known, "canary" | "token">;

/** A refusal of ours costs one; error pages may cost so many times that. */
export const MAX_RATIO = 5;

export interface Findings {
  /** Answers, and lines of the log, that are not what they may be. */
  faults: string[];
  /** The tables that are not as they were. */
  changed: string[];
  /** The median time of these answers by that of a refusal of ours. */
  ratio: number;
}

/** Sends all of them once more, nothing else meanwhile, one by one, each beside a form that is refused. */
export async function examine(shop: Shop, inputs: readonly Sent[], known: Secrets): Promise<Findings> {
  const faults: string[] = [];
  const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  const logged = shop.instances.map(({ errors }) => errors.length);
  await shop.settled();
  const before = await digests(shop);
  for (const { origin, input } of inputs) {
    const refused = await ask(origin, refusedForm(origin));
    if (refused.status !== 413) faults.push(`${refused.status} to a form of too many fields`);
    const answer = await ask(origin, input);
    if (answer.status < 500) faults.push(`${answer.status} this time: ${input.method} ${input.path}`);
    for (const leak of leaksIn(answer, input, known)) faults.push(`${leak}: ${answer.body.slice(0, 300)}`);
    times.ours.push(refused.ms);
    times.theirs.push(answer.ms);
  }
  const after = await digests(shop);
  for (const [index, { errors }] of shop.instances.entries()) faults.push(...errors.slice(logged[index]));
  return {
    faults,
    changed: [...after.keys()].filter((table) => after.get(table) !== before.get(table)),
    ratio: inputs.length ? median(times.theirs) / median(times.ours) : 0,
  };
}

function refusedForm(origin: string) {
  const body = new FormData();
  for (let n = 0; n < 101; n++) body.append(`f${n}`, "x");
  return { method: "POST", path: "/login", headers: { Origin: origin }, body };
}

/** All rows of each table. Attempts may be counted whatever becomes of a request. */
async function digests({ sql }: Shop): Promise<Map<string, string>> {
  const tables = await sql`
    select tablename from pg_tables where schemaname = 'public' and tablename <> 'rate_limits'`;
  const found = new Map<string, string>();
  for (const { tablename } of tables) {
    const [row] = await sql`
      select md5(coalesce(string_agg(digest, '' order by digest), '')) as digest
      from (select md5(t::text) as digest from ${sql(tablename)} t) digests`;
    found.set(tablename, row?.digest);
  }
  return found;
}

/** @returns the kinds of things that the body tells a stranger */
function leaksIn({ body }: Answer, { headers }: FuzzInput, { canary, token }: Secrets): string[] {
  // Of those that are sealed; others are words that a page may well have.
  const session = headers.Cookie?.match(/^session=(ey.*)/)?.[1];
  const secrets = [
    env.AUTH_SECRET,
    ...env.STRIPE_WEBHOOK_SECRET,
    env.DATABASE_URL,
    env.STRIPE_API_KEY,
    token,
  ];
  const isIn = (text: string | undefined) => text !== undefined && text.length >= 8 && body.includes(text);
  const kinds = {
    "It tells a stack": /\n\s*at .+:\d+:\d+|\\n\s*at /.test(body),
    "It tells a path": ["/node_modules/", ".next/server", "file://", process.cwd()].some(isIn),
    "It tells a secret": [...secrets, session].some(isIn),
    "It tells a value of the input": isIn(canary),
  };
  return Object.entries(kinds).flatMap(([kind, isTold]) => (isTold ? [kind] : []));
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
