import { type NextRequest, NextResponse } from "next/server";
import { env } from "@/env";
import { refuseActionCall } from "@/lib/http/action-call";
import { CANONICAL_PATH, canonicalUrl } from "@/lib/http/canonical-host";
import { noncePolicy } from "@/lib/http/nonce-policy";
import { isFile } from "@/lib/http/public-files";
import { isPublicPage } from "@/lib/http/public-pages";
import { apiHeaders } from "@/lib/http/security-headers";

/**
 * Runs before every action and every page but the cached ones: refuses foreign forms, leads to the one host that the
 * shop has, and says what the page may load and run.
 */
export async function proxy(request: NextRequest) {
  if (request.method === "POST") {
    if (!isOwnOrigin(request)) return refuse(403, "This form was sent from another site.");
    const refusal = await refuseActionCall(request);
    if (refusal) return refuse(refusal.status, refusal.message);
  }
  const { method, nextUrl, headers: asked } = request;
  const isRead = method === "GET" || method === "HEAD";
  if (isRead && isFile(nextUrl.pathname)) return NextResponse.next();
  const path = nextUrl.pathname + nextUrl.search;
  const canonical = canonicalUrl({ method, path, header: (name) => asked.get(name) });
  if (canonical) return leadTo(canonical, request);
  // next.config.ts says their policy.
  if (isPublicPage(nextUrl.pathname)) return NextResponse.next();
  const policy = noncePolicy(crypto.randomUUID());
  // Next reads the nonce from the request's policy and puts it on its own scripts.
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

/**
 * Webhooks and the API come from programs: they carry a signature or a token and no cookie. Everything else leads here but
 * a cached page that is only looked at. A matcher knows no methods, so a call of an action is told by what it brings: a
 * body, which has a type, a length or an encoding, or the action's name. Next reads this at build: it has to be
 * literal, and test/page-policies.test.ts holds it against PUBLIC_PAGES.
 */
export const config = {
  matcher: [
    "/((?!api/|_next/static/|(?:cancel|pricing|pricing/yearly)?$).*)",
    {
      source: "/(cancel|pricing|pricing/yearly)?",
      has: [{ type: "header", key: "next-action" }],
    },
    {
      source: "/(cancel|pricing|pricing/yearly)?",
      has: [{ type: "header", key: "content-type" }],
    },
    {
      source: "/(cancel|pricing|pricing/yearly)?",
      has: [{ type: "header", key: "content-length" }],
    },
    {
      source: "/(cancel|pricing|pricing/yearly)?",
      has: [{ type: "header", key: "transfer-encoding" }],
    },
  ],
};

/** By a route, because a redirect of the proxy's own would become relative; see there. */
function leadTo({ pathname, search }: URL, request: NextRequest) {
  const headers = new Headers(request.headers);
  headers.set(CANONICAL_PATH, pathname + search);
  return NextResponse.rewrite(new URL("/api/canonical-host", request.url), { request: { headers } });
}

/** Every proxy on the way adds to it; the one nearest to the browser comes first. */
const first = ({ headers }: NextRequest, name: string) => headers.get(name)?.split(",")[0]?.trim();

const refuse = (status: number, sentence: string) =>
  new NextResponse(sentence, { status, headers: apiHeaders });

/**
 * Cookies travel with a foreign site's form unless SameSite holds; Next compares Origin and Host alone, and lets a
 * request without an Origin through. Browsers send one with every POST. Scheme and port are part of it: a page that
 * came by http may be anybody's who stands on the way, and what listens on another port is another program.
 */
function isOwnOrigin(request: NextRequest): boolean {
  const origin = request.headers.get("origin");
  if (!origin) return false;
  if (origin === env.APP_URL) return true;
  // The browser's host, for Next the same: what the proxy in front of us says, else what the request says.
  const host = first(request, "x-forwarded-host") || request.headers.get("host");
  // A proxy that does not say how it was asked was asked as everybody is.
  const scheme = first(request, "x-forwarded-proto") || new URL(env.APP_URL).protocol.slice(0, -1);
  const asked = `${scheme}://${host}`;
  return URL.canParse(asked) && origin === new URL(asked).origin;
}
