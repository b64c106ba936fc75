import { forcedDeclines } from "../../billing/payments/bank";
import { redirects } from "../../hosted/redirects";
import { pendingApiFaults } from "../../kit/api-faults";
import { deliveries } from "../../webhooks/delivery";
import { deliveryFaults, PATIENCE_MS } from "../../webhooks/delivery-faults";
import type { Fields } from "./buttons";

/** Something that is not as usual, in a sentence, and the control that ends it. */
interface Fault {
  readonly says: string;
  readonly end: readonly [action: string, fields: Fields];
}

type Match = (typeof deliveryFaults.holds)[number];

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

function deliveryFaultsInForce(): Fault[] {
  const { holds, drops, delays, duplicates, order, seed, tampered, stale, timeoutMs } = deliveryFaults;
  const held = deliveries.where({ state: "held" }).length;
  return [
    ...holds.map((hold) => fault(`${subject(hold)} is held until it is released.`, "release", { ...hold })),
    ...(held ? [fault(held === 1 ? "1 delivery is held." : `${held} deliveries are held.`, "release")] : []),
    ...drops.map((drop) => fault(`${subject(drop)} is dropped and never sent.`, "undrop", { ...drop })),
    ...[...delays].map(([type, ms]) =>
      fault(`Every ${type} event is sent ${ms} ms late.`, "delay", { type, ms: 0 }),
    ),
    ...(timeoutMs === PATIENCE_MS
      ? []
      : [fault(`Endpoints have ${timeoutMs} ms to answer.`, "timeout", { ms: 0 })]),
    ...(duplicates ? [fault(`Every event is sent ${duplicates + 1} times.`, "duplicate", { times: 0 })] : []),
    ...(order === "concurrent"
      ? []
      : [
          fault(
            `Events are sent one at a time, ${ORDERS[order]}${order === "shuffle" ? ` (seed ${seed})` : ""}.`,
            "order",
            { mode: "concurrent" },
          ),
        ]),
    ...(tampered
      ? [fault(`The next ${times(tampered, "attempt")} will carry a changed body.`, "tamper", { times: 0 })]
      : []),
    ...(stale
      ? [
          fault(
            `The next ${times(stale, "attempt")} will carry a timestamp of ten minutes ago.`,
            "stale_timestamp",
            { times: 0 },
          ),
        ]
      : []),
  ];
}

function otherFaultsInForce(): Fault[] {
  const decline = forcedDeclines.get("next")?.decline;
  return [
    ...(decline
      ? [
          fault(
            `The next payment fails, whatever the card: ${decline.message} (${decline.decline_code ?? decline.code})`,
            "spare_next_payment",
          ),
        ]
      : []),
    ...pendingApiFaults().map(({ kind, path, times: left }) =>
      fault(
        `The next ${times(left, "request")} to ${path} ${left === 1 ? "gets" : "get"} ${kind === "timeout" ? "no answer" : `a ${kind}`}.`,
        "uninject",
        { status: kind, path },
      ),
    ),
    ...(redirects.delayMs
      ? [
          fault(`After a payment the browser returns ${redirects.delayMs} ms late.`, "redirect", {
            delay_ms: 0,
          }),
        ]
      : []),
  ];
}

const fault = (says: string, action: string, fields: Fields = {}): Fault => ({
  says,
  end: [action, fields],
});

/** Lists the faults that keep this Stripe from behaving as usual; nobody has to wonder why nothing arrives. */
export const faultsInForce = (): Fault[] => [...deliveryFaultsInForce(), ...otherFaultsInForce()];
