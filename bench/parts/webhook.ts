import type postgres from "postgres";
import type { Target } from "../cell";
import { eventsFor } from "../events";
import type { Part } from "../part";
import { compare } from "../rounds";
import { toTable } from "../table";

const CTE = "verify + one statement";

/** Webhooks beside the least that such a route can do, and beside what a common starter does. */
export const webhook: Part = async ({ shop, ceiling, plan }) => {
  const { templates, secret, clock, server } = shop;
  const bare = await ceiling();
  const applied = counter(shop.sql);
  const own = (name: string, template: string): Target => ({
    name,
    server,
    requests: eventsFor("/api/v1/stripe-webhook", template, secret, clock),
    applied,
  });
  const other = (name: string, route: string): Target => ({
    name,
    server: bare,
    requests: eventsFor(`/api/${route}`, templates.subscription, secret, clock),
  });
  const results = await compare(
    [
      own("ours, subscription.updated", templates.subscription),
      own("ours, invoice.paid", templates.invoice),
      other("verify only", "verify"),
      other(CTE, "cte"),
      other("the starter's work", "starter"),
    ],
    plan,
  );
  return `${toTable(results, CTE)}\n\nMemory after it: ours ${server.memory.toFixed(0)} MB, bare ${bare.memory.toFixed(0)} MB.`;
};

/** Counts the events that were applied since it was last asked. */
function counter(sql: postgres.Sql) {
  let seen = 0;
  return async () => {
    const [row] = await sql`select count(*)::int from stripe_events where status = 'applied'`;
    const since = Number(row?.count) - seen;
    seen += since;
    return since;
  };
}
