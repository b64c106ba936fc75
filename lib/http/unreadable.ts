import { subscribe } from "node:diagnostics_channel";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { env } from "@/env";
import { refuse } from "./refused";

/**
 * Some requests make Next throw before any code of ours runs, and answer 500. Each is the caller's fault, so each is
 * led to a route that says so, as far as HTTP itself tells that it is wrong; what only Next can tell, it refuses itself
 * (docs/decisions/017). On Vercel the platform in front of us judges methods and hosts.
 */

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const FORWARDED = ["x-forwarded-host", "x-forwarded-proto"] as const;
/** Next answers 500 where a file has no such part, or is not of such a version. Without them it is sent as it is. */
const CONDITIONS = ["range", "if-match", "if-unmodified-since"] as const;
const HOST = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

/** Node tells of a request before any listener of the server's has seen it. */
export function refuseUnreadableRequests() {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    for (const name of FORWARDED) keepFirst(request.headers, name);
    for (const name of CONDITIONS) delete request.headers[name];
    // Without a proxy of ours nobody may say for whom a request comes.
    if (!env.TRUSTED_PROXY_HOPS) request.headers["x-forwarded-for"] = request.socket.remoteAddress;
    if (!isReadable(request)) refuse(request, "unreadable");
  });
}

/** Every proxy on the way adds to it, the one nearest to the browser comes first; Auth.js takes the whole for a host. */
function keepFirst(headers: IncomingHttpHeaders, name: (typeof FORWARDED)[number]) {
  const all = headers[name];
  if (typeof all === "string") headers[name] = all.split(",")[0]?.trim();
}

function isReadable({ method = "", url = "", headers }: IncomingMessage): boolean {
  const {
    host = "",
    "x-forwarded-host": forwardedHost = host,
    "x-forwarded-proto": scheme = "http",
  } = headers;
  return (
    METHODS.has(method) &&
    url.startsWith("/") &&
    // The page that is shown when everything failed; asked for by its name it is a failure, too.
    !url.startsWith("/_global-error") &&
    (!url.startsWith("/api/") || isDecodable(url)) &&
    isHost(host) &&
    isHost(String(forwardedHost)) &&
    (scheme === "http" || scheme === "https")
  );
}

const isHost = (host: string) => HOST.test(host) && URL.canParse(`http://${host}`);

/** Of a page Next itself says that there is none at such an address. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split("?", 1)[0] ?? "");
    return true;
  } catch {
    return false;
  }
}
