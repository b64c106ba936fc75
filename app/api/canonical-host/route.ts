import { CANONICAL_PATH, onApp } from "@/lib/http/canonical-host";

/**
 * The proxy sends visitors here who came by another name of the shop. It cannot redirect by itself: Next takes every
 * request for one to localhost and would make a relative address of one on localhost, which leads nowhere else.
 */
export function GET(request: Request) {
  const { href } = onApp(request.headers.get(CANONICAL_PATH) ?? "/");
  return new Response(null, { status: 307, headers: { Location: href, "Cache-Control": "no-store" } });
}
