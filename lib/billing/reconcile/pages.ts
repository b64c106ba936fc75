import type Stripe from "stripe";
import { type Pace, patiently } from "@/lib/background/patience";

export interface Page<T> {
  objects: T[];
  /** The answer's `Date` header: Stripe's clock. */
  answeredAt: Date | null;
  tookMs: number;
}

interface PageParams {
  limit: number;
  starting_after?: string;
}

export type List<T> = (
  params: PageParams,
  options: Stripe.RequestOptions,
) => Promise<Stripe.Response<Stripe.ApiList<T>>>;

/** How to wait is patience.ts' matter; the SDK would not wait at all after a 429. */
export const LIST_OPTIONS = { timeout: 15_000, maxNetworkRetries: 0 };

/** Stripe's list, newest first, page by page; behind the object `after`, if given. */
export async function* pagesOf<T extends { id: string }>(
  list: List<T>,
  pace: Pace,
  after: string | null = null,
): AsyncGenerator<Page<T>> {
  let starting_after = after ?? undefined;
  for (;;) {
    let startedAt = 0;
    const page = await patiently(() => {
      startedAt = Date.now();
      return list({ limit: 100, ...(starting_after && { starting_after }) }, LIST_OPTIONS);
    }, pace);
    const { date } = page.lastResponse.headers;
    yield {
      objects: page.data,
      answeredAt: date ? new Date(date) : null,
      tookMs: Date.now() - startedAt,
    };
    starting_after = page.data.at(-1)?.id;
    if (!page.has_more || !starting_after) return;
  }
}
