import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { CANONICAL_PATH, canonicalUrl } from "./canonical-host";
import { isPublicPage } from "./public-pages";

/**
 * The proxy leads to the one host that the shop has, but it does not see the cached pages. Node tells of a request
 * before any listener of the server's has seen it. On Vercel the platform knows the names of a shop.
 */
export function leadVisitorsOfPublicPages() {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const { method = "", url: path = "", headers } = request;
    if (!isPublicPage(path.replace(/\?.*/s, ""))) return;
    const canonical = canonicalUrl({ method, path, header: (name) => headers[name]?.toString() });
    if (!canonical) return;
    headers[CANONICAL_PATH] = canonical.pathname + canonical.search;
    request.url = "/api/canonical-host";
  });
}
