import { afterAll, expect, it } from "vitest";
import { startTruth } from "./support/stripe-truth";

/** One event, delivered fifty times in the same moment: one effect, and every answer says that it is done. */

const truth = await startTruth();
process.env.STRIPE_API_URL = truth.url;
// From here on the app's modules may read the environment.
const { EVENT_KINDS, prepare, unsure } = await import("./support/event-kinds");
const { post } = await import("./support/post-event");
const { everyRowOf, inboxRow } = await import("./support/rows");

afterAll(() => truth.close());

const kinds = { ...EVENT_KINDS, "a subscription, unsure, read from Stripe": unsure(truth) };

it.each(Object.entries(kinds))("%s", async (_, make) => {
  const once = await prepare(make);
  expect((await post(once.event)).status).toBe(200);

  const often = await prepare(make);
  const answers = await Promise.all(Array.from({ length: 50 }, () => post(often.event)));
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  expect(await inboxRow(often.event.id)).toMatchObject({ status: "applied", attempts: 1 });
  expect(await everyRowOf(often)).toEqual(await everyRowOf(once));
});
