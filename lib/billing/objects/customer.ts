import { isNotNull } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { users } from "@/db/schema";
import { unlinkCustomer } from "../customer-links";
import { stripe } from "../stripe";
import { NOTHING_ELSE, type ObjectDefinition, type ObjectEffects, ownId } from "./definition";

/** A user of ours, as Stripe bills it. Nothing of what Stripe says of it is copied but that it is gone. */
export const customer = {
  events: {
    "customer.deleted": "the person's next checkout needs another customer",
  },
  notedEvents: {
    "customer.updated": "name, address and card are shown by Stripe's portal",
  },
  idFrom: { customer: ownId },
  isCarriedWhole: () => true,
  retrieve: (id, options) => stripe.customers.retrieve(id, {}, options),
  list: (pages, after) => pages((params, options) => stripe.customers.list(params, options), after),
  ledgerEntries: () => [],
  ownLedgerKind: null,
  effects: (source, [event]) =>
    event?.type === "customer.deleted" || source.deleted
      ? deletion(source.id)
      : { ...NOTHING_ELSE, stripeCustomerId: source.id, note: `Customer ${source.id} exists.` },
  effectsWhenGone: deletion,
  mirror: null,
  comparisons: [],
  async listOtherIds() {
    const id = users.stripeCustomerId;
    const rows = await db.select({ id }).from(users).where(isNotNull(id));
    return rows.flatMap(({ id }) => id ?? []);
  },
  customerTable: null,
} satisfies ObjectDefinition<Stripe.Customer | Stripe.DeletedCustomer>;

function deletion(id: string): ObjectEffects {
  return {
    ...NOTHING_ELSE,
    stripeCustomerId: id,
    note: `Customer ${id} is gone.`,
    inAnyOrder: (stamp) => unlinkCustomer(id, stamp),
    deletesCustomer: true,
  };
}
