import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { refuse } from "./refused";

/**
 * Next keeps the body of a request to a page, twice, until it is whole, and takes 10 MB. Strangers who send all of a body
 * but its end would hold that for minutes; so what is too large is refused by what it announces, and all that is not
 * whole yet may hold only so much. Bodies below /api are read by our routes, as far as each of them allows.
 *
 * Where no server of Node's runs, as on Vercel, neither holds, nor has to: the platform reads a body to its end, and at
 * most 4.5 MB of it, before it wakes a function, which has a memory of its own.
 */

/** Next's own limit for an action's body. */
const MAX_FORM_BYTES = 2 ** 20;
/** The largest that a route of ours reads, which is the webhook. */
const MAX_API_BYTES = 2 * 2 ** 20;
const MAX_UNFINISHED_BYTES = 32 * 2 ** 20;

export function limitBodies(mostUnfinished = MAX_UNFINISHED_BYTES) {
  const unfinished = new UnfinishedBodies(mostUnfinished);
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const announced = announcedBytes(request.headers);
    if (announced === 0) return;
    const isForRoute = request.url?.startsWith("/api/") ?? false;
    const limit = isForRoute ? MAX_API_BYTES : MAX_FORM_BYTES;
    // Nobody waits for the rest of what is refused, or for an end that may never come.
    if (announced === null || announced > limit) response.setHeader("Connection", "close");
    if (announced !== null && announced > limit && !isForRoute) return refuse(request, "too-large");
    if (announced === null && !isForRoute) endBeyond(limit, request);
    unfinished.add(request, response, Math.min(announced ?? limit, limit));
  });
}

/** Node tells of a piece only to whoever takes it, which is to be Next; so it is counted where Node puts it down. */
function endBeyond(limit: number, request: IncomingMessage) {
  let bytes = 0;
  const push = request.push.bind(request);
  request.push = (piece: Buffer | null) => {
    bytes += piece?.length ?? 0;
    if (bytes > limit) request.socket.destroy();
    return push(piece);
  };
}

/** @returns null for a body that comes in pieces, so that only its end tells how large it is */
function announcedBytes(headers: IncomingMessage["headers"]): number | null {
  if (headers["transfer-encoding"] !== undefined) return null;
  return Number(headers["content-length"] ?? 0);
}

/** The bodies that are still being sent, the oldest first: an honest one is there within the second. */
class UnfinishedBodies {
  readonly #sizes = new Map<IncomingMessage, number>();
  #bytes = 0;

  constructor(private readonly most: number) {}

  add(request: IncomingMessage, response: ServerResponse, size: number) {
    this.#sizes.set(request, size);
    this.#bytes += size;
    // Of the response: Next puts the listeners of another stream in the place of the request's.
    response.once("close", () => this.#forget(request));
    for (const oldest of this.#sizes.keys()) {
      if (this.#bytes <= this.most) return;
      this.#forget(oldest);
      // A whole body is being worked on.
      if (!oldest.complete) oldest.socket.destroy();
    }
  }

  #forget(request: IncomingMessage) {
    this.#bytes -= this.#sizes.get(request) ?? 0;
    this.#sizes.delete(request);
  }
}
