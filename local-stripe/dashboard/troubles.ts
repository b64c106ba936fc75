import { forcedDeclines } from "../billing/bank";
import { redirects } from "../hosted/redirects";
import { pendingFaults } from "../kit/faults";
import { deliveries } from "../webhooks/delivery";
import { disturbances, PATIENCE_MS } from "../webhooks/disturbances";
import type { Fields } from "./buttons";

/** Something that is not as usual, in a sentence, and the control that ends it. */
interface Trouble {
  readonly says: string;
  readonly end: readonly [action: string, fields: Fields];
}

type Match = (typeof disturbances.holds)[number];

function subject({ type, event }: Match): string {
  if (event) return type ? `Event ${event}, if it is ${type},` : `Event ${event}`;
  return type ? `Every ${type} event` : "Every event";
}

const ORDERS: Readonly<Record<string, string>> = {
  fifo: "in order",
  reverse: "in reverse order",
  shuffle: "in shuffled order",
};

const times = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function ofDelivery(): Trouble[] {
  const { holds, drops, delays, duplicates, order, seed, tampered, stale, timeoutMs } = disturbances;
  const held = deliveries.where({ state: "held" }).length;
  return [
    ...holds.map((hold) => trouble(`${subject(hold)} is held until it is released.`, "release", { ...hold })),
    ...(held
      ? [trouble(held === 1 ? "1 delivery is held." : `${held} deliveries are held.`, "release")]
      : []),
    ...drops.map((drop) => trouble(`${subject(drop)} is dropped and never sent.`, "undrop", { ...drop })),
    ...[...delays].map(([type, ms]) =>
      trouble(`Every ${type} event is sent ${ms} ms late.`, "delay", { type, ms: 0 }),
    ),
    ...(timeoutMs === PATIENCE_MS
      ? []
      : [trouble(`Endpoints have ${timeoutMs} ms to answer.`, "timeout", { ms: 0 })]),
    ...(duplicates
      ? [trouble(`Every event is sent ${duplicates + 1} times.`, "duplicate", { times: 0 })]
      : []),
    ...(order === "concurrent"
      ? []
      : [
          trouble(
            `Events are sent one at a time, ${ORDERS[order]}${order === "shuffle" ? ` (seed ${seed})` : ""}.`,
            "order",
            { mode: "concurrent" },
          ),
        ]),
    ...(tampered
      ? [trouble(`The next ${times(tampered, "attempt")} will carry a changed body.`, "tamper", { times: 0 })]
      : []),
    ...(stale
      ? [
          trouble(
            `The next ${times(stale, "attempt")} will carry a timestamp of ten minutes ago.`,
            "stale_timestamp",
            { times: 0 },
          ),
        ]
      : []),
  ];
}

function ofTheRest(): Trouble[] {
  const decline = forcedDeclines.get("next")?.decline;
  return [
    ...(decline
      ? [
          trouble(
            `The next payment fails, whatever the card: ${decline.message} (${decline.decline_code ?? decline.code})`,
            "spare_next_payment",
          ),
        ]
      : []),
    ...pendingFaults().map(({ kind, path, times: left }) =>
      trouble(
        `The next ${times(left, "request")} to ${path} ${left === 1 ? "gets" : "get"} ${kind === "timeout" ? "no answer" : `a ${kind}`}.`,
        "uninject",
        { status: kind, path },
      ),
    ),
    ...(redirects.delayMs
      ? [
          trouble(`After a payment the browser returns ${redirects.delayMs} ms late.`, "redirect", {
            delay_ms: 0,
          }),
        ]
      : []),
  ];
}

const trouble = (says: string, action: string, fields: Fields = {}): Trouble => ({
  says,
  end: [action, fields],
});

/** Whatever keeps this Stripe from behaving as usual; nobody has to wonder why nothing arrives. */
export const troubles = (): Trouble[] => [...ofDelivery(), ...ofTheRest()];
