import { env } from "@/env";

/**
 * A session belongs to the host it began on, and Checkout leads back to APP_URL: whoever signs in at 127.0.0.1 and
 * pays would come back to localhost as nobody. So a page has one host.
 */

/** The page is named by this header to the route that answers. */
export const CANONICAL_PATH = "x-canonical-path";

const app = new URL(env.APP_URL);
const LOOPBACK = /^((.+\.)?localhost\.?|127(\.\d+){3}|0\.0\.0\.0|\[::(1|ffff:7f[\da-f]{2}:[\da-f]+)?\])$/;
/** Names that only machines use. A visitor of a public shop does not come by one; a proxy that hides Host does. */
const INTERNAL = /^([^.]+|\d+(\.\d+){3}|\[.*\])$|\.(internal|local|localhost)$/;
/** A sender of one of these stands between us and the browser, and may have put a Host of its own. */
const SIGNS_OF_A_PROXY = ["x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via"];

interface Visit {
  method: string;
  /** With its query. */
  path: string;
  header: (name: string) => string | null | undefined;
}

/** @returns the same page on the host of APP_URL, when the visitor came by another name of the shop */
export function canonicalUrl({ method, path, header }: Visit): URL | null {
  if (method !== "GET" && method !== "HEAD") return null;
  const forwarded = header("x-forwarded-host")?.split(",")[0]?.trim();
  const host = hostnameOf(forwarded || header("host"));
  if (!host || host === app.hostname) return null;
  const isHidden = !forwarded && SIGNS_OF_A_PROXY.some((name) => header(name) != null);
  return isOtherName(host, isHidden) ? onApp(path) : null;
}

/** Cookies know no ports, so neither does this. */
function hostnameOf(host: string | null | undefined): string | null {
  const url = `${app.protocol}//${host}`;
  return host && URL.canParse(url) ? new URL(url).hostname : null;
}

/**
 * Leading away is a guess: where the proxy in front of us asks by a name of its own, it would bring the visitor back
 * to us under that name again and again. Without X-Forwarded-Host only what nobody calls a server is sure.
 */
function isOtherName(host: string, isHidden: boolean): boolean {
  if (LOOPBACK.test(host)) return LOOPBACK.test(app.hostname);
  if (host === `www.${app.hostname}` || app.hostname === `www.${host}`) return true;
  return !isHidden && !INTERNAL.test(host);
}

/** The origin stays ours, however the path looks. */
export function onApp(path: string): URL {
  const query = path.indexOf("?");
  const url = new URL(app);
  url.pathname = query < 0 ? path : path.slice(0, query);
  url.search = query < 0 ? "" : path.slice(query);
  return url;
}
