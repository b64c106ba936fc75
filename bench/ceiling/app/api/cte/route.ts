import type Stripe from "stripe";
import { sql } from "../database";
import { verified } from "../verified";

/** The least that can be called applied: an inbox row and the subscription, in one statement that commits by itself. */
export async function POST(request: Request) {
  const { body, event } = await verified(request);
  const { id, customer, status, cancel_at_period_end } = event.data.object as Stripe.Subscription;
  await sql`
    with seen as (
      insert into inbox (id, type, created, payload)
      values (${event.id}, ${event.type}, ${event.created}, ${body}::text::jsonb)
      on conflict do nothing returning id)
    insert into subscriptions (id, customer, status, cancel_at_period_end, created)
    select ${id}, ${String(customer)}, ${status}, ${cancel_at_period_end}, ${event.created} from seen
    on conflict (id) do update set
      status = excluded.status,
      cancel_at_period_end = excluded.cancel_at_period_end,
      created = excluded.created
    where subscriptions.created < excluded.created`;
  return new Response(null);
}
