import { describeDrift } from "../../lib/billing/reconcile/describe";
import { isClean, reportDrift } from "../../lib/billing/reconcile/drift";
import { reconcile } from "../../lib/billing/reconcile/reconcile";
import { ACTIVE_STATUSES, ONGOING_STATUSES } from "../../lib/billing/status";
import type { Shop } from "./shop";

/** Lists what is wrong once everything has settled; empty when all is well. */
export async function differences({ sql }: Shop): Promise<string[]> {
  const report = await reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 });
  const drift = isClean(report) ? [] : describeDrift(report).split("\n").slice(1);
  const wrongEntitlements = await sql`
    select u.id from users u where u.current_subscription_id is distinct from (
      select s.id from subscriptions s
      where s.user_id = u.id and s.status = any(${ONGOING_STATUSES})
        and s.stripe_customer_id not in (select stripe_id from customers where deleted_at is not null)
      order by s.status = any(${ACTIVE_STATUSES}) desc, s.started_at desc limit 1)`;
  const orphans = await sql`
    select t.kind, t.stripe_id from stripe_transactions t
    where t.stripe_event_id is not null and not exists (
      select from stripe_events e where e.id = t.stripe_event_id and e.status = 'applied')`;
  return [
    ...drift,
    ...wrongEntitlements.map(
      ({ id }) => `  User ${id} has another subscription than the rows give reason for.`,
    ),
    ...orphans.map(({ kind, stripe_id }) => `  ${kind} ${stripe_id} stands without its event.`),
  ];
}

/** The daily sweep of events, now; the weekly one of objects would mend what the rules got wrong. */
export async function sweepEvents({ sql }: Shop) {
  await sql`update reconcile_state set finished_at = 'epoch' where kind = 'full'`;
  const done = await reconcile({ sweeps: "due", delayScale: 0.1 });
  if (done?.sweeps.some(({ sweep }) => sweep === "objects")) throw new Error("The objects were swept, too.");
  return done;
}

/** As if every sweep had been here today, so that the next one is of events only. */
export const settleSweeps = () => reconcile({ sweeps: "all", delayScale: 0.1 });
