import { type NextRequest, NextResponse } from "next/server";
import { env } from "@/env";
import { refuseActionCall } from "@/lib/http/action-call";
import { CANONICAL_PATH, canonicalUrl } from "@/lib/http/canonical-host";
import { noncePolicy, publicPolicy } from "@/lib/http/content-security-policy";

/** The cached pages, the same for everybody. A page that is not named here is served as if it held a session. */
const PUBLIC = /^\/(pricing(\/.*)?|cancel)?$/;

/** The files of public/. Next serves them to GET and HEAD alone; anything else sent there reaches a page. */
const FILES = new Set([
  "/apple-touch-icon.png",
  "/favicon.ico",
  "/icon-192.png",
  "/icon-512.png",
  "/icon.svg",
  "/manifest.webmanifest",
  "/robots.txt",
  "/social.png",
]);

/**
 * Runs before every page and action, cached ones too: refuses foreign forms, leads to the one host that the shop has,
 * and says what the page may load and run.
 */
export async function proxy(request: NextRequest) {
  if (request.method === "POST") {
    if (!isOwnOrigin(request)) {
      return new NextResponse("This form was sent from another site.", { status: 403 });
    }
    const refusal = await refuseActionCall(request);
    if (refusal) return new NextResponse(refusal.message, { status: refusal.status });
  }
  if (isFile(request)) return NextResponse.next();
  const canonical = canonicalUrl(request);
  if (canonical) return leadTo(canonical, request);
  if (PUBLIC.test(request.nextUrl.pathname)) {
    const response = NextResponse.next();
    response.headers.set("Content-Security-Policy", publicPolicy);
    return response;
  }
  const policy = noncePolicy(crypto.randomUUID());
  // Next reads the nonce from the request's policy and puts it on its own scripts.
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

/**
 * Webhooks and the API come from programs: they carry a signature or a token and no cookie. What is left out here
 * leads to a route or a file, never to a page, which would take calls of actions.
 */
export const config = {
  matcher: ["/((?!api/|_next/static/).*)"],
};

/** By a route, because a redirect of the proxy's own would become relative; see there. */
function leadTo({ pathname, search }: URL, request: NextRequest) {
  const headers = new Headers(request.headers);
  headers.set(CANONICAL_PATH, pathname + search);
  return NextResponse.rewrite(new URL("/api/canonical-host", request.url), { request: { headers } });
}

/** Every proxy on the way adds to it; the one nearest to the browser comes first. */
const first = ({ headers }: NextRequest, name: string) => headers.get(name)?.split(",")[0]?.trim();

const isFile = ({ method, nextUrl }: NextRequest) =>
  (method === "GET" || method === "HEAD") && FILES.has(nextUrl.pathname);

/**
 * Cookies travel with a foreign site's form unless SameSite holds; Next compares Origin and Host, but lets a
 * request without an Origin through. Browsers send one with every POST.
 */
function isOwnOrigin(request: NextRequest): boolean {
  const origin = request.headers.get("origin");
  if (!origin || !URL.canParse(origin)) return false;
  if (origin === env.APP_URL) return true;
  // The browser's host, for Next the same: what the proxy in front of us says, else what the request says.
  const host = first(request, "x-forwarded-host") || request.headers.get("host");
  const { protocol, host: sender } = new URL(origin);
  if (sender !== host) return false;
  // A page that came by http may be anybody's who stands on the way.
  const isEncrypted = first(request, "x-forwarded-proto") === "https" || env.APP_URL === `https://${host}`;
  return protocol === "https:" || !isEncrypted;
}
