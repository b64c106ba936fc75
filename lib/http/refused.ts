import type { IncomingMessage } from "node:http";

/** Requests that are refused before Next has seen them are led to one route of ours, which says why. */

const ROUTE = "/api/refused";
/** Names the reason to the route. A client that sends it by itself is told a reason that does not hold. */
export const REASON = "x-refused-because";

const REFUSALS = {
  unreadable: {
    status: 400,
    sentence:
      "This request cannot be read: check its method, its address, and its Host and X-Forwarded headers.",
  },
  "too-large": { status: 413, sentence: "A form may have at most 64 KB." },
  "web-socket": { status: 400, sentence: "Nothing here speaks WebSocket." },
};
export type Reason = keyof typeof REFUSALS;

export const refusalFor = (reason: string | null) =>
  reason !== null && Object.hasOwn(REFUSALS, reason) ? REFUSALS[reason as Reason] : REFUSALS.unreadable;

export function refuse(request: IncomingMessage, reason: Reason) {
  request.method = "GET";
  request.url = ROUTE;
  request.headers = { host: "localhost", [REASON]: reason };
}
