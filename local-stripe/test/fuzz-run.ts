import { type FuzzRequest, fuzzRequest, Pool, randomFrom } from "./fuzz";
import { confirm, subscriptionSession } from "./shop";
import { type Local, start } from "./start";
import { createWorld } from "./world";

/**
 * Random requests at a Local Stripe that has something in it:
 * `node --expose-gc --import tsx local-stripe/test/fuzz-run.ts [requests] [seed]`. Fails when one of them is answered
 * with a 5xx, when anything is complained about, when memory grows, or when afterwards a checkout does not complete
 * or time does not move.
 */

const REQUESTS = Number(process.argv[2] ?? 10_000);
const SEED = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
/** A collected heap still differs by a megabyte or two from round to round. */
const MOST_GROWTH_BYTES = 8 * 2 ** 20;

console.log(`${REQUESTS} requests of seed ${SEED}`);

const failures: unknown[] = [];
const complain = (...what: unknown[]) => {
  if (failures.push(what) < 10) console.log(...what);
};

process.on("unhandledRejection", (reason) => complain("Unhandled rejection:", reason));
// A failure in a request or in due work is said there and nowhere else.
console.error = (...what) => complain("Complaint:", ...what);
console.warn = () => {};

const random = randomFrom(SEED);
const pool = new Pool();
const statuses = new Map<number, number>();

async function ask(local: Local, { path, ...request }: FuzzRequest): Promise<void> {
  const answer = await fetch(local.origin + path, { ...request, redirect: "manual" });
  const text = await answer.text();
  pool.harvest(text);
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  if (answer.status >= 500) complain(answer.status, path, request, text);
}

/** Begins with a world, ends with nothing; what is then still in memory was not cleaned up. */
async function round(local: Local, requests: number): Promise<number> {
  pool.harvest(JSON.stringify(await createWorld(local)));
  for (let sent = 0; sent < requests; sent++) await ask(local, fuzzRequest(random, pool));
  await stillWorks(local);
  await local.control("reset");
  local.receiver.forget();
  // Deliveries on their way to the receiver may end.
  await new Promise((resolve) => setTimeout(resolve, 500));
  global.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Long enough for everything that is due of what the requests have made: renewals, retries, the ends of trials. */
const FORTY_DAYS_SECONDS = 40 * 24 * 3600;

async function stillWorks(local: Local): Promise<void> {
  const { id } = await subscriptionSession(local);
  await confirm(local, id);
  const { status, subscription } = await local.stripe.checkout.sessions.retrieve(id);
  if (status !== "complete") complain("A checkout did not complete:", status);
  const { now: before } = await local.control("clock/advance?seconds=0");
  const { now: after } = await local.control(`clock/advance?seconds=${FORTY_DAYS_SECONDS}`);
  if (Number(after) < Number(before) + FORTY_DAYS_SECONDS) complain("Time did not move:", before, after);
  const { status: running } = await local.stripe.subscriptions.retrieve(subscription as string);
  if (running !== "active") complain("A subscription is not active:", running);
}

const began = Date.now();
const local = await start();
await round(local, REQUESTS / 4);
const before = await round(local, REQUESTS / 4);
const after = await round(local, REQUESTS / 2);
local.close();

const perRequest = Math.round((after - before) / (REQUESTS / 2));
const known = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
console.log(`${known.join(", ")}; ${((Date.now() - began) / 1000).toFixed(1)} s`);
console.log(`${(after / 2 ** 20).toFixed(1)} MB in the end, ${perRequest} bytes more per request`);
const answered = [200, 400, 401, 404].every((status) => (statuses.get(status) ?? 0) > REQUESTS / 100);
if (after - before > MOST_GROWTH_BYTES) complain("Memory grew by", after - before);
if (!answered) complain("The requests are too much alike to find anything.");
if (!global.gc) complain("Memory was not measured: run with --expose-gc.");
process.exit(failures.length > 0 ? 1 : 0);
