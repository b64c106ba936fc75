import type { EventStatus } from "../db/queries/events";
import { readCommandLine, refuseCommandLine, runCommand } from "./stack/command-line";
import { loadEnvironment } from "./stack/load-environment";

/** `npm run events`: looks into the inbox, and runs an event of it again. */

const USAGE = `Usage:
  npm run events                        the parked ones, and the newest
  npm run events parked                 the newest of one status: parked, received or applied
  npm run events show evt_…             what it carried, what was done, what it changed
  npm run events replay evt_…           runs it again, whether it was applied or parked`;

const LIMIT = 20;
const STATUSES: readonly string[] = ["parked", "received", "applied"] satisfies EventStatus[];

const { positionals } = readCommandLine(USAGE, { allowPositionals: true });
const [command = "list", id, ...more] = positionals;
const isKnown = id ? ["show", "replay"].includes(command) : [...STATUSES, "list"].includes(command);
if (!isKnown || more.length) refuseCommandLine(USAGE, `The inbox does not know: ${positionals.join(" ")}`);
await loadEnvironment();

// Imported only now, because env.ts reads the environment that was completed above.
const { client } = await import("../db");
const { countEvents, listEvents } = await import("../db/queries/events");
const handling = await import("../lib/billing/events/handle");
const { describeCounts, describeEvent, describeEvents } = await import("../lib/billing/events/describe");
const { getEvent } = await import("../lib/billing/events/inbox");

await runCommand(run);
await client.end();

async function run() {
  if (command === "replay") return replay(id ?? "");
  if (command === "show") return show(id ?? "");
  if (command !== "list") return console.log(describeEvents(await listEvents(command as EventStatus, LIMIT)));
  console.log(describeCounts(await countEvents()));
  const parked = await listEvents("parked", LIMIT);
  if (parked.length) console.log(`\nParked\n${describeEvents(parked)}`);
  console.log(`\nNewest\n${describeEvents(await listEvents(null, LIMIT))}`);
}

async function show(eventId: string) {
  const event = await getEvent(eventId);
  if (!event) throw new Error(`There is no event ${eventId}.`);
  console.log(describeEvent(event));
}

async function replay(eventId: string) {
  const { status, note } = await handling.replay(eventId);
  if (status === "parked") process.exitCode = 1;
  console.log(`${status}: ${note}`);
}
