import { createHash, timingSafeEqual } from "node:crypto";
import { refreshPricing } from "@/app/_actions/refresh-pricing";
import { env } from "@/env";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { log } from "@/lib/log";

/** The platform allows a function so many seconds; the sweeps take a part, the rest is for the last step. */
export const maxDuration = 60;
const WITHIN_MS = 40_000;

/**
 * For a scheduler where no server lives long enough for a timer: does what is due and answers what was done.
 * Vercel's cron sends `Authorization: Bearer $CRON_SECRET` by itself.
 */
export async function GET(request: Request) {
  if (!env.CRON_SECRET) return answer(404, { error: "Set CRON_SECRET to let a scheduler in." });
  if (!isAuthorized(request, env.CRON_SECRET))
    return answer(401, { error: "The secret is wrong or missing." });
  try {
    const result = await reconcile({ sweeps: "due", within: WITHIN_MS });
    if (!result) return answer(200, { status: "busy", sweeps: [] });
    if (result.catalogChanged) refreshPricing();
    const isWhole = result.sweeps.every((sweep) => sweep.isWhole);
    return answer(200, { status: isWhole ? "done" : "unfinished", sweeps: result.sweeps });
  } catch (error) {
    log.error("The scheduled sweep stopped and goes on at the next call.", error);
    return answer(503, { error: "The sweep stopped; the next call goes on from there. The log says why." });
  }
}

const answer = (status: number, body: object) =>
  Response.json(body, { status, headers: { "Cache-Control": "no-store" } });

/** Hashed first: only texts of one length can be compared in constant time. */
function isAuthorized(request: Request, secret: string): boolean {
  const given = request.headers.get("authorization") ?? "";
  return timingSafeEqual(sha256(given), sha256(`Bearer ${secret}`));
}

const sha256 = (text: string) => createHash("sha256").update(text).digest();
