import type { Immediate } from "./immediate";

type Key = string | number | boolean;
type Keys = Key | readonly Key[] | null | undefined;

interface Row {
  readonly id: string;
}

/** Every table by name: what is dumped, loaded and reset. */
const tables = new Map<string, Table<Row, string>>();

let journal: (() => void)[] | undefined;

/** Runs `work`; returns a function that puts every row back as it was before. */
export function journalled<T>(work: (undo: () => void) => Immediate<T>): Immediate<T> {
  const steps: (() => void)[] = [];
  journal = steps;
  try {
    return work(() => {
      journal = undefined;
      for (const step of steps.reverse()) step();
    });
  } finally {
    journal = undefined;
  }
}

/** Runs `work` and puts every row back, whatever it did. */
export function undone<T>(work: () => Immediate<T>): Immediate<T> {
  const outer = journal;
  const steps: (() => void)[] = [];
  journal = steps;
  try {
    return work();
  } finally {
    journal = undefined;
    for (const step of steps.reverse()) step();
    journal = outer;
  }
}

let changed: () => void = () => {};

export function onChange(listener: () => void): void {
  changed = listener;
}

const reloads: (() => void)[] = [];

/** For whoever keeps something derived from rows: called after a load and after a reset. */
export function onReload(listener: () => void): void {
  reloads.push(listener);
}

export type State = Record<string, readonly Row[]>;

/** True if this can be loaded: lists of rows by the name of their table. */
export const isState = (value: unknown): value is State =>
  typeof value === "object" && value !== null && Object.values(value).every(isRows);

const isRows = (rows: unknown): boolean =>
  Array.isArray(rows) && rows.every((row) => typeof (row as { id?: unknown } | null)?.id === "string");

export function dump(): State {
  return Object.fromEntries([...tables].map(([name, table]) => [name, table.all()]));
}

/** Replaces everything; loading an empty state is a reset. */
export function load(state: State): void {
  for (const [name, table] of tables) {
    table.clear();
    for (const row of state[name] ?? []) table.put(row);
  }
  for (const reload of reloads) reload();
}

/** Plain objects by id in the order of their creation, with the secondary indexes that lists ask for. */
export class Table<T extends Row, Index extends string = never> {
  readonly #rows = new Map<string, T>();
  /** Tells the order in which rows were created: an index meets them in another, as their keys change. */
  readonly #ages = new Map<string, number>();
  #youngest = 0;
  readonly #buckets: Map<string, Map<Key, Set<string>>>;

  constructor(
    readonly name: string,
    /** Ids begin with it; empty for rows that no id outside refers to. */
    readonly prefix: string,
    readonly keysOf: Record<Index, (row: T) => Keys> = {} as Record<Index, (row: T) => Keys>,
  ) {
    this.#buckets = new Map(Object.keys(keysOf).map((index) => [index, new Map()]));
    tables.set(name, this as unknown as Table<Row, string>);
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  /** For ids that our own objects hold: a missing row is our mistake, not the caller's. */
  must(id: string): T {
    const row = this.#rows.get(id);
    if (!row) throw new Error(`${this.name} ${id} is gone`);
    return row;
  }

  put<Same extends T>(row: Same): Same {
    const before = this.#rows.get(row.id);
    journal?.push(() => this.#set(row.id, before));
    this.#set(row.id, row, this.#ages.get(row.id) ?? ++this.#youngest);
    return row;
  }

  update(id: string, change: Partial<T>): T {
    return this.put({ ...this.must(id), ...change });
  }

  delete(id: string): void {
    const before = this.#rows.get(id);
    if (!before) return;
    const age = this.#ages.get(id);
    journal?.push(() => {
      this.#set(id, before, age);
      this.#restoreOrder();
    });
    this.#set(id, undefined);
  }

  /** Rows that match every given key, oldest first; a key left undefined does not narrow. */
  where(query: Partial<Record<Index, Key | undefined>>): T[] {
    const entries = Object.entries(query) as [Index, Key | undefined][];
    let smallest: Iterable<string> = this.#rows.keys();
    let size = this.#rows.size;
    const given = entries.filter(([, key]) => key !== undefined);
    if (given.length === 0) return this.all();
    for (const [index, key] of given) {
      const bucket = this.#buckets.get(index)?.get(key as Key);
      if (!bucket) return [];
      if (bucket.size <= size) [smallest, size] = [bucket, bucket.size];
    }
    const rows: T[] = [];
    for (const id of smallest) {
      const row = this.must(id);
      if (given.every(([index, key]) => keyList(this.keysOf[index](row)).includes(key as Key)))
        rows.push(row);
    }
    return given.length > 0 ? this.#byAge(rows) : rows;
  }

  all(): T[] {
    return [...this.#rows.values()];
  }

  oldestFirst(): IterableIterator<T> {
    return this.#rows.values();
  }

  /** Greater for what was created later. */
  ageOf(id: string): number | undefined {
    return this.#ages.get(id);
  }

  get size(): number {
    return this.#rows.size;
  }

  clear(): void {
    this.#rows.clear();
    this.#ages.clear();
    for (const buckets of this.#buckets.values()) buckets.clear();
    changed();
  }

  #byAge(rows: T[]): T[] {
    const age = ({ id }: Row) => this.#ages.get(id) ?? 0;
    const ordered = rows.every((row, at) => at === 0 || age(rows[at - 1] as T) < age(row));
    return ordered ? rows : rows.sort((a, b) => age(a) - age(b));
  }

  /** A row whose deletion was undone belongs where it was. */
  #restoreOrder(): void {
    const rows = this.#byAge(this.all());
    this.#rows.clear();
    for (const row of rows) this.#rows.set(row.id, row);
  }

  #set(id: string, row: T | undefined, age = this.#ages.get(id)): void {
    const before = this.#rows.get(id);
    for (const [index, buckets] of this.#buckets) {
      const keys = this.keysOf[index as Index];
      const old = before ? keyList(keys(before)) : [];
      const next = row ? keyList(keys(row)) : [];
      for (const key of old) if (!next.includes(key)) leave(buckets, key, id);
      for (const key of next) if (!old.includes(key)) join(buckets, key, id);
    }
    if (row && age !== undefined) {
      this.#rows.set(id, row);
      this.#ages.set(id, age);
    } else {
      this.#rows.delete(id);
      this.#ages.delete(id);
    }
    changed();
  }
}

function keyList(keys: Keys): readonly Key[] {
  if (keys === null || keys === undefined) return [];
  return typeof keys === "object" ? keys : [keys];
}

function join(buckets: Map<Key, Set<string>>, key: Key, id: string): void {
  const bucket = buckets.get(key);
  if (bucket) bucket.add(id);
  else buckets.set(key, new Set([id]));
}

function leave(buckets: Map<Key, Set<string>>, key: Key, id: string): void {
  const bucket = buckets.get(key);
  bucket?.delete(id);
  if (bucket?.size === 0) buckets.delete(key);
}

export const tableNamed = (name: string): Table<Row, string> | undefined => tables.get(name);

/** Stripe still answers this for a deleted object (type: `Stripe.DeletedCustomer` and its siblings). */
export const tombstones = new Table<{ id: string; object: string; deleted: true }>("deleted", "");

/**
 * The row that an id in a field of this name refers to; a deleted one is still referred to. The name tells
 * whose id it is where callers may choose ids.
 */
export function dereference(id: string, field: string): Row | undefined {
  const named = tables.get(field)?.get(id);
  if (named) return named;
  for (const table of tables.values()) {
    if (table.prefix && id.startsWith(table.prefix)) {
      const row = table.get(id);
      if (row) return row;
    }
  }
  return tombstones.get(id);
}
