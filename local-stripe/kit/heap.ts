/** A binary heap: the entry that sorts first is always at hand. */
export class Heap<T> {
  readonly #entries: T[] = [];

  constructor(readonly before: (a: T, b: T) => boolean) {}

  get first(): T | undefined {
    return this.#entries[0];
  }

  push(entry: T): void {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  pop(): T | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (entries.length === 0 || last === undefined) return first;
    entries[0] = last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const smaller = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(smaller, at)) return first;
      at = smaller;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [x, y] = [this.#entries[a], this.#entries[b]];
    return x !== undefined && y !== undefined && this.before(x, y);
  }

  #swapIfBefore(child: number, parent: number): boolean {
    if (!this.#isBefore(child, parent)) return false;
    const [x, y] = [this.#entries[child] as T, this.#entries[parent] as T];
    this.#entries[child] = y;
    this.#entries[parent] = x;
    return true;
  }
}
