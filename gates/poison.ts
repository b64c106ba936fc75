import { countEvents, listEvents } from "../db/queries/events";
import { randomFrom } from "../test/support/random";
import {
  event,
  invoice,
  PERIOD_START,
  stripeId,
  subscription,
  type TestEvent,
} from "../test/support/stripe-objects";
import { inParallel, type ShopGate, scaled } from "./gate";
import { isTaken } from "./shop/front";
import { postSigned } from "./shop/signed";

const POISONED = 100;
/** With three events each. */
const CUSTOMERS = 3_300;
const PRICE = 1900;
/** A delivery, and as often as Stripe would come again. */
const MAX_TRIES = 8;

/** Events that no table can hold, each in another way; signed like all the others. */
const POISONS: ((customer: string) => TestEvent)[] = [
  (customer) => event("customer.subscription.created", subscription({ customer, status: "active\0" })),
  (customer) => event("invoice.paid", invoice({ customer, amount_paid: 2 ** 70 })),
  (customer) => event("invoice.paid", invoice({ customer, amount_paid: "much" })),
  (customer) => event("customer.subscription.updated", subscription({ customer, items: null })),
];

/** Three events of one customer, among which nothing is unsure: what has to be there in the end is known. */
function soundEvents(customer: string): TestEvent[] {
  const begun = subscription({ customer });
  const ended = { ...begun, status: "canceled", ended_at: PERIOD_START + 20 };
  return [
    event("customer.subscription.created", begun),
    event("invoice.paid", invoice({ customer }), { created: PERIOD_START + 10 }),
    event("customer.subscription.deleted", ended, { created: PERIOD_START + 20 }),
  ];
}

/** One event in a hundred cannot be applied, however often it comes; nobody else may notice. */
export const poison: ShopGate = async (shop, options) => {
  const poisons = Array.from({ length: scaled(POISONED, options) }, (_, index) =>
    POISONS[index % POISONS.length]?.(stripeId("cus")),
  ).flatMap((one) => one ?? []);
  const customers = Array.from({ length: scaled(CUSTOMERS, options) }, () => stripeId("cus"));
  const sound = customers.flatMap(soundEvents);
  await shop.reset();
  const before = await countEvents();
  const random = randomFrom(options.seed);
  const inAnyOrder = [...poisons, ...sound]
    .map((one) => ({ one, place: random() }))
    .sort((a, b) => a.place - b.place);
  let givenUp = 0;
  await inParallel(inAnyOrder, 16, async ({ one }, index) => {
    for (let tries = 0; tries < MAX_TRIES; tries++)
      if (isTaken(await postSigned(shop.instances[(index + tries) % 2]?.origin ?? "", one))) return;
    givenUp++;
  });

  const { applied } = await countEvents();
  const parked = new Set((await listEvents("parked", 2 * poisons.length)).map(({ id }) => id));
  const visible = poisons.filter(({ id }) => parked.has(id)).length;
  const [rows] = await shop.sql`
    select (select count(*)::int from subscriptions) as subscriptions,
      (select count(*)::int from subscriptions where status = 'canceled') as ended,
      (select count(*)::int from invoices where status = 'paid') as paid,
      (select coalesce(sum(revenue), 0)::int from stripe_transactions) as revenue`;
  const isExact =
    rows?.subscriptions === customers.length &&
    rows.ended === customers.length &&
    rows.paid === customers.length &&
    rows.revenue === customers.length * PRICE;
  return {
    passed:
      applied - before.applied === sound.length &&
      isExact &&
      visible === poisons.length &&
      parked.size === poisons.length &&
      givenUp === 0,
    result: `${applied - before.applied} of ${sound.length} sound events applied: ${rows?.ended} of ${customers.length} subscriptions ended, ${rows?.paid} invoices paid, ledger ${rows?.revenue} of ${customers.length * PRICE}; ${visible} of ${poisons.length} poisoned ones parked.`,
  };
};
