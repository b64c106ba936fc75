import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isPublicPage } from "./public-pages";
import { apiHeaders } from "./security-headers";

/**
 * One thread does all of a process's JavaScript, so when more is asked of it than it can do, everybody waits behind
 * everything. While it is late, requests that cost more than a cached page wait in a line before Next begins with them,
 * and each turn of the loop takes one; beyond a hundred they are answered 503. Stripe, who asks whether we are well, and
 * who looks at prices never wait there. On Vercel each function has a thread of its own.
 */

/** A request takes several turns of the loop, and 250 ms is where people begin to notice. */
const MAX_LATE_MS = 20;
/** Whoever comes last waits about a second. */
const MAX_WAITING = 100;

const SENTENCE =
  "So much is asked of the shop at this moment that this has to wait. Try again in a few seconds.";

/** @param lateMs how late the loop is */
export function paceOverload(lateMs = loopLateness()) {
  const guarded = new WeakSet<Server>();
  subscribe("net.server.socket", (message) => {
    const { server } = (message as { socket: Socket & { server?: Server } }).socket;
    if (!server || guarded.has(server)) return;
    guarded.add(server);
    guard(server, lateMs);
  });
}

function guard(server: Server, lateMs: () => number) {
  const listeners = server.listeners("request") as RequestListener[];
  const line: Parameters<RequestListener>[] = [];
  const serve: RequestListener = (...one) => {
    for (const listener of listeners) listener.apply(server, one);
  };
  const serveNext = () => {
    const next = line.shift();
    if (!next) return;
    // Whoever left in the meantime costs nothing.
    if (!next[1].destroyed) serve(...next);
    if (line.length > 0) setImmediate(serveNext);
  };
  server.removeAllListeners("request").on("request", (request, response) => {
    if (isSpared(request) || (line.length === 0 && lateMs() <= MAX_LATE_MS)) return serve(request, response);
    if (line.length >= MAX_WAITING) return refuse(request, response);
    line.push([request, response]);
    if (line.length === 1) setImmediate(serveNext);
  });
}

/** The proxy runs for whatever brings one of these, even to a cached page. */
const BURDENS = ["next-action", "content-type", "content-length", "transfer-encoding"];

function isSpared({ method, url = "", headers }: IncomingMessage): boolean {
  const [path = ""] = url.split("?", 1);
  if (path === "/api/v1/stripe-webhook") return true;
  if ((method !== "GET" && method !== "HEAD") || BURDENS.some((name) => name in headers)) return false;
  return path === "/api/health" || path.startsWith("/_next/static/") || isPublicPage(path);
}

/** Not by the route of the other refusals: that one costs about what a small answer of the API does. */
function refuse({ url = "" }: IncomingMessage, response: ServerResponse) {
  const isForProgram = url.startsWith("/api/");
  const error = { code: "unavailable", message: SENTENCE, param: null };
  response.writeHead(503, {
    ...apiHeaders,
    "Content-Type": isForProgram ? "application/json" : "text/plain; charset=utf-8",
    "Retry-After": "5",
    Connection: "close",
  });
  response.end(isForProgram ? JSON.stringify({ error }) : `${SENTENCE}\n`);
}

const TICK_MS = 20;

/** @returns by how many milliseconds the last tick came late, or the next one is late already */
export function loopLateness(): () => number {
  let due = performance.now() + TICK_MS;
  let last = 0;
  setInterval(() => {
    const now = performance.now();
    last = now - due;
    due = now + TICK_MS;
  }, TICK_MS).unref();
  return () => Math.max(last, performance.now() - due);
}
