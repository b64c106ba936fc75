import type { EventRow, EventStatus } from "@/db/queries/events";
import type { RowChange } from "@/db/schema";

/** The words of `npm run events`. */

export const describeCounts = ({ applied, received, parked }: Record<EventStatus, number>) =>
  `${applied} applied, ${received} waiting for another try, ${parked} parked${parked ? ": somebody has to look" : ""}.`;

/** One line an event, and a second one for what went wrong. */
export function describeEvents(events: EventRow[]): string {
  if (!events.length) return "None.";
  const width = Math.max(...events.map(({ type }) => type.length));
  return events.map((event) => describeInLine(event, width)).join("\n");
}

function describeInLine({ id, type, status, attempts, createdAt, note, lastError }: EventRow, width: number) {
  const tries = attempts > 1 ? ` (after ${attempts} attempts)` : "";
  const line = `${timeOf(createdAt)}  ${status.padEnd(8)}  ${type.padEnd(width)}  ${id}`;
  const told = status === "applied" ? note : lastError;
  return told ? `${line}\n    ${firstLine(told)}${tries}` : line;
}

export function describeEvent(event: EventRow): string {
  const { id, type, status, attempts, note, lastError, changes, payload } = event;
  const facts = [
    ["Event", `${id}  ${type}`],
    ["Status", `${status}${event.appliedAt ? `, ${timeOf(event.appliedAt)}` : ""}`],
    ["Happened", `${timeOf(event.stripeCreatedAt)}, arrived ${timeOf(event.createdAt)}`],
    ["Attempts", String(attempts)],
    ["Object", event.objectId],
    ["Customer", event.stripeCustomerId],
    ["API version", event.apiVersion],
    ["Done", note],
    ["Last error", lastError],
  ];
  const lines = facts.flatMap(([name, value]) => (value ? [`${name?.padEnd(12)}${printable(value)}`] : []));
  return [
    ...lines,
    "",
    ...(changes?.length ? changes.map(describeChange) : ["It changed no row."]),
    "",
    payload
      ? JSON.stringify(payload, null, 2)
      : "Its payload was dropped because of its age, or could not be kept.",
  ].join("\n");
}

/** Every field that is another than before. */
function describeChange({ table, id, before, after }: RowChange): string {
  const names = Object.keys({ ...before, ...after });
  const fields = names
    .filter((name) => show(before?.[name]) !== show(after?.[name]))
    .map((name) =>
      before
        ? `  ${name}: ${show(before[name])} → ${show(after?.[name])}`
        : `  ${name}: ${show(after?.[name])}`,
    );
  return [`${table} ${id}${before ? "" : " (new)"}`, ...fields].join("\n");
}

const show = (value: unknown) => printable(typeof value === "string" ? value : JSON.stringify(value ?? null));
const timeOf = (time: Date) => time.toISOString().slice(0, 19).replace("T", " ");
const firstLine = (text: string) => printable(text.split("\n")[0] ?? "").slice(0, 200);

/** Text that came from outside must not steer the terminal it is shown on. */
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd");
