/** Answers the requests that nobody can read; see lib/http/unreadable.ts. */
export function GET() {
  return new Response(
    "This request cannot be read: check its method, its Host and X-Forwarded headers, and the headers of the router.\n",
    { status: 400, headers: { "Content-Type": "text/plain; charset=utf-8" } },
  );
}
