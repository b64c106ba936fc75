import { inParallel, type ShopGate, scaled } from "./gate";
import { Life } from "./shop/life";
import { handledEvents, postSigned } from "./shop/signed";
import { differences } from "./shop/truth";

const COPIES = 50;

/** Every copy is sent before the first is answered, half of them to each instance. */
export const sameEvent: ShopGate = async (shop, options) => {
  const wanted = scaled(200, options);
  await shop.reset();
  await shop.control("drop");
  await inParallel(Array.from({ length: Math.ceil(wanted / 6) }), 4, async () => {
    const life = await Life.begin(shop.control);
    await life.play("subscribe");
    await life.play("swap the plan");
  });
  const known = new Set((await shop.sql`select id from stripe_events`).map(({ id }) => id));
  const all = (await handledEvents()).filter(({ id }) => !known.has(id));
  const events = all.slice(0, wanted);
  const statuses = new Map<number, number>();
  await inParallel(events, 1, async (event) => {
    const answers = Array.from({ length: COPIES }, (_, copy) =>
      postSigned(shop.instances[copy % 2]?.origin ?? "", event),
    );
    for (const status of await Promise.all(answers)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });
  const ids = events.map(({ id }) => id);
  const [row] = await shop.sql`
    select count(*)::int as events, sum(attempts)::int as effects from stripe_events
    where id = any(${ids}) and status = 'applied'`;
  // The rest of the story, so that the sums can be compared with Stripe's.
  await inParallel(all.slice(wanted), 4, async (event) => {
    await postSigned(shop.instances[0]?.origin ?? "", event);
  });
  const wrong = await differences(shop);
  console.log(wrong.join("\n"));
  return {
    passed:
      events.length === wanted &&
      row?.events === wanted &&
      row.effects === wanted &&
      [...statuses.keys()].every((status) => status === 200) &&
      wrong.length === 0,
    result: `${row?.effects} effects of ${events.length} events, answers ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(", ")}, ${wrong.length} differences from Stripe.`,
  };
};
