import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isFile } from "./public-files";
import { isPublicPage } from "./public-pages";
import { securityHeaders } from "./security-headers";

/**
 * Next gives the headers of next.config.ts to pages, routes and files, but not to redirects of its own, nor to what it
 * answers when it could not read an address. So each answer begins with them. On Vercel redirects are the
 * platform's, and next.config.ts has the rest.
 */
export function setDefaultHeaders() {
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    // Next takes its own word for how long an answer may be kept only where there is none yet.
    if (!mayBeKept(request.url ?? "")) response.setHeader("Cache-Control", "no-store");
  });
}

function mayBeKept(url: string): boolean {
  const [path = ""] = url.split("?", 1);
  return isPublicPage(path) || isFile(path) || path.startsWith("/_next/static/");
}
