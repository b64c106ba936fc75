import { REASON, refusalFor } from "@/lib/http/refused";

/** Answers the requests that stop before Next; see lib/http/refused.ts. */
export function GET(request: Request) {
  const { status, sentence } = refusalFor(request.headers.get(REASON));
  return new Response(`${sentence}\n`, {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8" },
  });
}
