import { isDeepStrictEqual } from "node:util";
import { and, eq, inArray, or } from "drizzle-orm";
import { db } from "@/db";
import { stripeTransactions } from "@/db/schema";
import { type LedgerEntry, toComparedEntry } from "../ledger";
import { definitionOf, effectsOfRead, type ObjectKind, type StripeObject } from "../objects";
import type { Comparison } from "../objects/definition";

/** Field by field: what Stripe's objects say our rows should be, and what they are. */

export interface Drift {
  /** Stripe's name for the object, or `ledger` or `money`. */
  kind: string;
  /** Stripe's. */
  id: string;
  /** `row` when the whole row is missing on one side. */
  field: string;
  ours: unknown;
  stripe: unknown;
}

type Row = Record<string, unknown>;

/** @returns by object, what differs; an object of which all is well is not in it */
export async function differencesOf(
  kind: ObjectKind,
  objects: StripeObject[],
): Promise<Map<string, Drift[]>> {
  const found = new Map<string, Drift[]>();
  const wanted = objects.flatMap((object) => {
    try {
      return [expectationOf(kind, object)];
    } catch (error) {
      found.set(object.id, [unreadable(kind, object.id, error)]);
      return [];
    }
  });
  const rows = await Promise.all(
    definitionOf(kind).comparisons.map((comparison) => listRows(comparison, objects)),
  );
  const ledger = await listEntries(kind, wanted);
  for (const { object, expected, entries } of wanted) {
    const differences = [
      ...expected.flatMap((one, index) => rowDifferences(kind, object, one, rows[index]?.get(object.id))),
      ...entries.flatMap((entry) => entryDifferences(entry, ledger.get(nameOf(entry)))),
      ...strayEntry(kind, object, entries, ledger),
    ];
    if (differences.length) found.set(object.id, differences);
  }
  return found;
}

/** The rows that should show an object, table by table, and the entries that it should have in the ledger. */
interface Expectation {
  object: StripeObject;
  expected: { comparison: Comparison<StripeObject>; rows: { id: string; fields: Row }[] }[];
  entries: LedgerEntry[];
}

const expectationOf = (kind: ObjectKind, object: StripeObject): Expectation => ({
  object,
  expected: definitionOf(kind).comparisons.map((comparison) => ({
    comparison,
    rows: comparison.rowsOf(object),
  })),
  entries: effectsOfRead(kind, object).ledgerEntries,
});

/** An object that no row can show must not keep the others of its page from being compared. */
const unreadable = (kind: ObjectKind, id: string, error: unknown): Drift => ({
  kind,
  id,
  field: "row",
  ours: "cannot show it",
  stripe: error instanceof Error ? error.message : String(error),
});

/** By object, the rows that show it, by the ids that name them. */
async function listRows(
  { table, objectId, rowId }: Comparison<StripeObject>,
  objects: StripeObject[],
): Promise<Map<string, Map<string, Row>>> {
  const byObject = new Map<string, Map<string, Row>>();
  if (!objects.length) return byObject;
  const ids = objects.map(({ id }) => id);
  const rows: Row[] = await db.select().from(table).where(inArray(objectId, ids));
  for (const row of rows) {
    const id = String(row[objectId.name]);
    const ofObject = byObject.get(id) ?? new Map<string, Row>();
    byObject.set(id, ofObject.set(String(row[rowId.name]), row));
  }
  return byObject;
}

function rowDifferences(
  kind: ObjectKind,
  object: StripeObject,
  { comparison, rows: expected }: Expectation["expected"][number],
  rows: Map<string, Row> = new Map(),
): Drift[] {
  const isForeign = !rows.size && comparison.mayBeForeign(object);
  const strays = [...rows].filter(([id]) => !expected.some((row) => row.id === id));
  return [
    ...expected.flatMap(({ id, fields }) => (isForeign ? [] : compare(kind, id, fields, rows.get(id)))),
    ...strays.flatMap(([id, row]) => {
      const difference = comparison.strayRow(row);
      return difference ? [{ kind, id, ...difference }] : [];
    }),
  ];
}

function compare(kind: string, id: string, fields: Row, row: Row | undefined): Drift[] {
  if (!row) return [{ kind, id, field: "row", ours: null, stripe: "exists" }];
  if (row.deletedAt) return [{ kind, id, field: "row", ours: "deleted", stripe: "exists" }];
  return Object.entries(fields)
    .filter(([field, value]) => !isEqual(row[field], value))
    .map(([field, value]) => ({ kind, id, field, ours: row[field] ?? null, stripe: value ?? null }));
}

const isEqual = (ours: unknown, theirs: unknown) => isDeepStrictEqual(ours ?? null, theirs ?? null);

const nameOf = ({ kind, stripeId }: Pick<LedgerEntry, "kind" | "stripeId">) => `${kind} ${stripeId}`;

const entryDifferences = (entry: LedgerEntry, row: Row | undefined) =>
  compare("ledger", nameOf(entry), toComparedEntry(entry), row);

/** An entry under the object's own id of which the object does not tell. */
function strayEntry(
  kind: ObjectKind,
  { id }: StripeObject,
  entries: LedgerEntry[],
  ledger: Map<string, Row>,
): Drift[] {
  const { ownLedgerKind } = definitionOf(kind);
  if (!ownLedgerKind) return [];
  const name = nameOf({ kind: ownLedgerKind, stripeId: id });
  const isExpected = entries.some((entry) => nameOf(entry) === name);
  if (isExpected || !ledger.has(name)) return [];
  return [{ kind: "ledger", id: name, field: "row", ours: "exists", stripe: null }];
}

/** By name: the entries that the objects tell of, and those under the objects' own ids. */
async function listEntries(kind: ObjectKind, wanted: Expectation[]): Promise<Map<string, Row>> {
  const { ownLedgerKind } = definitionOf(kind);
  const { kind: ledgerKind, stripeId } = stripeTransactions;
  const told = wanted.flatMap(({ entries }) => entries.map((entry) => entry.stripeId));
  const own = wanted.map(({ object }) => object.id);
  const where = or(
    told.length ? inArray(stripeId, told) : undefined,
    ownLedgerKind && own.length ? and(eq(ledgerKind, ownLedgerKind), inArray(stripeId, own)) : undefined,
  );
  if (!where) return new Map();
  const rows = await db.select().from(stripeTransactions).where(where);
  return new Map(rows.map((row) => [nameOf(row), row]));
}
