import { objectOf } from "../lib/billing/objects";
import { type ShopGate, scaled } from "./gate";
import { play } from "./shop/play";
import { scheduleOf } from "./shop/schedule";
import { handledEvents } from "./shop/signed";
import { differences, sweepEvents } from "./shop/truth";

/** A third of all webhooks never comes, though Stripe believes that they did; then one sweep. */
export const dropped: ShopGate = async (shop, options) => {
  const { seed } = options;
  const schedules = Array.from({ length: scaled(300, options) }, (_, index) => scheduleOf(seed + index));
  await play(shop, schedules, { seed, faults: { drop: 0.3, duplicate: 0, delayMs: 500 } });

  const applied = new Set((await shop.sql`select id from stripe_events`).map(({ id }) => id));
  const events = await handledEvents();
  const missing = events.filter(({ id }) => !applied.has(id));
  const objects = new Set(missing.flatMap((event) => objectOf(event)?.id ?? []));
  const before = await differences(shop);

  shop.stripe.rest();
  const done = await sweepEvents(shop);
  const pages = done?.sweeps.reduce((sum, sweep) => sum + sweep.pages, 0) ?? 0;
  const calls = shop.stripe.calls.length;
  const after = await differences(shop);
  console.log(after.join("\n"));
  return {
    passed: before.length > 0 && after.length === 0 && calls <= pages + objects.size,
    result: `${missing.length} of ${events.length} events lost, ${before.length} differences; after one sweep ${after.length}, with ${calls} calls for ${pages} pages and ${objects.size} objects.`,
  };
};
