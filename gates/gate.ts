import type { Shop } from "./shop/shop";

/** The input of a gate. */
export interface Options {
  /** All chance comes from it. */
  seed: number;
  /** 1 is the whole gate; less is a smaller one, for a quick look. */
  scale: number;
  /** A failing schedule as an earlier run printed it. */
  replay?: string;
}

export interface Verdict {
  passed: boolean;
  /** The figures behind it, in one line. */
  result: string;
}

export type ShopGate = (shop: Shop, options: Options) => Promise<Verdict>;

/** At least one, so that the smallest gate does something. */
export const scaled = (count: number, { scale }: Options) => Math.max(1, Math.round(count * scale));

/** Every item, so many at once. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<void>,
) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}
