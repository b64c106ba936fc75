import { subscribe } from "node:diagnostics_channel";
import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { refuse } from "./refused";

/**
 * Next takes every request for another protocol from Node and then leaves it alone, so that its connection stays open
 * for ever. Without a listener for them Node reads them as what they are beside: requests by HTTP/1.1. Some clients
 * ask for HTTP/2 or TLS in this way as a matter of course, and are answered as if they had not. Vercel ends upgrades
 * by itself.
 */
export function ignoreUpgrades() {
  subscribe("net.server.socket", (message) => {
    const { server } = (message as { socket: Socket & { server?: EventEmitter } }).socket;
    server?.removeAllListeners("upgrade");
  });
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const protocol = request.headers.upgrade;
    if (protocol === undefined) return;
    response.setHeader("Connection", "close");
    if (/\bwebsocket\b/i.test(protocol)) refuse(request, "web-socket");
  });
}
