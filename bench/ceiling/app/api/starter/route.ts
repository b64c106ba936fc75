import { eq } from "drizzle-orm";
import { pgTable, serial, text, timestamp, varchar } from "drizzle-orm/pg-core";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import type Stripe from "stripe";
import { verified } from "../verified";

/** The work of nextjs/saas-starter's webhook, with its tools: finds the team, updates it; no inbox, no transaction. */
const teams = pgTable("teams", {
  id: serial("id").primaryKey(),
  name: varchar("name", { length: 100 }).notNull(),
  createdAt: timestamp("created_at").notNull().defaultNow(),
  updatedAt: timestamp("updated_at").notNull().defaultNow(),
  stripeCustomerId: text("stripe_customer_id").unique(),
  stripeSubscriptionId: text("stripe_subscription_id").unique(),
  stripeProductId: text("stripe_product_id"),
  planName: varchar("plan_name", { length: 50 }),
  subscriptionStatus: varchar("subscription_status", { length: 20 }),
});

const db = drizzle(postgres(process.env.CEILING_URL ?? "postgres://build"));

export async function POST(request: Request) {
  const { event } = await verified(request);
  const subscription = event.data.object as Stripe.Subscription;
  const [team] = await db
    .select()
    .from(teams)
    .where(eq(teams.stripeCustomerId, String(subscription.customer)))
    .limit(1);
  if (!team) return new Response("There is no such team.", { status: 404 });
  const price = subscription.items.data[0]?.price;
  await db
    .update(teams)
    .set({
      stripeSubscriptionId: subscription.id,
      stripeProductId: String(price?.product),
      planName: "Bench",
      subscriptionStatus: subscription.status,
      updatedAt: new Date(),
    })
    .where(eq(teams.id, team.id));
  return Response.json({ received: true });
}
