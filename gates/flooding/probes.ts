import { setTimeout as sleep } from "node:timers/promises";
import { event, stripeId, subscription } from "../../test/support/stripe-objects";
import { type Answer, ask, type Question } from "../shop/ask";
import type { Shop } from "../shop/shop";
import { signatureOf } from "../shop/signed";

const A_SECOND = 20;

export const PROBES = ["health", "page", "webhook"] as const;
export type Probe = (typeof PROBES)[number];

export interface Probed {
  /** In milliseconds, the shortest first. */
  took: Record<Probe, number[]>;
  /** Answers that were not the one to be expected, by probe and status. */
  wrong: string[];
  /** Webhooks that are not in the database as applied. */
  lost: number;
}

/** Each probe at the time that is its, whether or not the ones before are answered, and each on a new connection. */
export async function probe({ sql }: Shop, origin: string, seconds: number): Promise<Probed> {
  const took: Probed["took"] = { health: [], page: [], webhook: [] };
  const wrong: string[] = [];
  const events: string[] = [];
  const startedAt = performance.now();
  const send = async (index: number) => {
    await sleep(startedAt + (index * 1000) / A_SECOND / PROBES.length - performance.now());
    const name = PROBES[index % PROBES.length] ?? "health";
    const { status, ms } = await questions[name](origin, events);
    took[name].push(ms);
    if (status !== 200) wrong.push(`${name} ${status}`);
  };
  await Promise.all(Array.from({ length: seconds * A_SECOND * PROBES.length }, (_, index) => send(index)));
  for (const times of Object.values(took)) times.sort((a, b) => a - b);
  const [row] = await sql`
    select count(*)::int as applied from stripe_events where id = any(${events}) and status = 'applied'`;
  return { took, wrong, lost: events.length - Number(row?.applied) };
}

const get = (origin: string, path: string) => alone(origin, { method: "GET", path, headers: {} });

const alone = (origin: string, question: Question) =>
  ask(origin, { ...question, headers: { ...question.headers, Connection: "close" } });

const questions: Record<Probe, (origin: string, events: string[]) => Promise<Answer>> = {
  health: (origin) => get(origin, "/api/health"),
  page: (origin) => get(origin, "/pricing"),
  webhook: (origin, events) => {
    const created = event("customer.subscription.created", subscription({ customer: stripeId("cus") }));
    events.push(created.id);
    const body = JSON.stringify(created, null, 2);
    const headers = {
      "Content-Type": "application/json; charset=utf-8",
      "Stripe-Signature": signatureOf(body),
    };
    return alone(origin, { method: "POST", path: "/api/v1/stripe-webhook", headers, body });
  },
};
