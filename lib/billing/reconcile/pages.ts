import type Stripe from "stripe";
import { type Pace, patiently } from "@/lib/background/patience";
import type { ListRequest, Page, Pages } from "../objects/definition";

/** Waiting is patience.ts' matter; the SDK would not wait at all after a 429. */
export const LIST_OPTIONS = { timeout: 15_000, maxNetworkRetries: 0 };

/** Stripe's lists, newest first, page by page at this pace; behind the object `after`, if given. */
export const pagesAt = (pace: Pace): Pages =>
  async function* pages<Source extends { id: string }>(
    list: ListRequest<Source>,
    after: string | null,
  ): AsyncGenerator<Page<Source>> {
    let last = after;
    for (;;) {
      const { answer, tookMs } = await patiently(
        () => timed(() => list(paramsAfter(last), LIST_OPTIONS)),
        pace,
      );
      yield { objects: answer.data, answeredAt: dateOf(answer), tookMs, calls: 1 };
      last = answer.data.at(-1)?.id ?? null;
      if (!answer.has_more || !last) return;
    }
  };

const paramsAfter = (last: string | null) => ({ limit: 100, ...(last && { starting_after: last }) });

async function timed<T>(ask: () => Promise<T>) {
  const startedAt = Date.now();
  const answer = await ask();
  return { answer, tookMs: Date.now() - startedAt };
}

function dateOf({ lastResponse }: Pick<Stripe.Response<object>, "lastResponse">) {
  const { date } = lastResponse.headers;
  return date ? new Date(date) : null;
}
