import { refreshPricing } from "@/app/_actions/refresh-pricing";
import { BodyTooLargeError, readBody } from "@/lib/api/body";
import { handleEvent } from "@/lib/billing/events/handle";
import { verifyEvent } from "@/lib/billing/events/verify";
import { log } from "@/lib/log";

/**
 * An invoice of ten lines, each with all the metadata that Stripe lets it have, is an event of 700 KB. Whoever sends
 * this much cannot make us work: nothing is read of it but the signature until that is right.
 */
const MAX_BODY = 2 * 1024 * 1024;

/** Verify, hand over, answer. 4xx: do not send this again. 5xx: do. The empty answer is the fast one. */
export async function POST(request: Request) {
  let event: ReturnType<typeof verifyEvent>;
  try {
    const body = await readBody(request, MAX_BODY);
    event = verifyEvent(body, request.headers.get("stripe-signature"));
  } catch (error) {
    const status = error instanceof BodyTooLargeError ? 413 : 400;
    return new Response(error instanceof Error ? error.message : null, { status });
  }
  try {
    const { status, note, catalogChanged } = await handleEvent(event);
    if (catalogChanged) refreshPricing();
    // A parked one has its line already.
    if (status !== "parked") log.info(note || "It was applied before.", { ...about(event), status });
    return new Response(null);
  } catch (error) {
    log.error("The event was not applied.", error, about(event));
    return new Response("It was not applied. Please send it again.", { status: 503 });
  }
}

const about = ({ id, type }: ReturnType<typeof verifyEvent>) => ({ event: id, type });
