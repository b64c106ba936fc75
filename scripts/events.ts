import type { EventStatus } from "../db/queries/events";
import { loadEnvironment } from "./stack/load-environment";

/** `npm run events`: looks into the inbox, and runs an event of it again. */

const USAGE = `Usage:
  npm run events                        the parked ones, and the newest
  npm run events dead|received|applied  the newest of one status
  npm run events show evt_…             what it carried, what was done, what it changed
  npm run events replay evt_…           runs it again, whether it was applied or parked`;

const LIMIT = 20;
const STATUSES: readonly string[] = ["dead", "received", "applied"] satisfies EventStatus[];

loadEnvironment();
const [command = "list", id] = process.argv.slice(2);
const isKnown = id ? ["show", "replay"].includes(command) : [...STATUSES, "list"].includes(command);
if (!isKnown) {
  console.error(USAGE);
  process.exit(2);
}

// Imported only now, because env.ts reads the environment that was completed above.
const { client } = await import("../db");
const { countEvents, listEvents } = await import("../db/queries/events");
const { BillingAgent } = await import("../lib/billing/events/handle");
const { describeCounts, describeEvent, describeEvents } = await import("../lib/billing/events/describe");
const { getEvent } = await import("../lib/billing/events/inbox");

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await client.end();
}

async function run() {
  if (command === "replay") return replay(id ?? "");
  if (command === "show") return show(id ?? "");
  if (command !== "list") return console.log(describeEvents(await listEvents(command as EventStatus, LIMIT)));
  console.log(describeCounts(await countEvents()));
  const dead = await listEvents("dead", LIMIT);
  if (dead.length) console.log(`\nParked\n${describeEvents(dead)}`);
  console.log(`\nNewest\n${describeEvents(await listEvents(null, LIMIT))}`);
}

async function show(eventId: string) {
  const event = await getEvent(eventId);
  if (!event) throw new Error(`There is no event ${eventId}.`);
  console.log(describeEvent(event));
}

async function replay(eventId: string) {
  const { status, note } = await BillingAgent.replay(eventId);
  if (status === "dead") process.exitCode = 1;
  console.log(`${status}: ${note}`);
}
