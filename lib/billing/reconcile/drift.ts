import { setTimeout as sleep } from "node:timers/promises";
import { type Pace, patiently, UNHURRIED } from "@/lib/background/patience";
import { definitionOf, OBJECT_KINDS, type ObjectKind, retrieveObject, type StripeObject } from "../objects";
import { type Drift, differencesOf } from "./compare";
import { compareMoney, type LedgerLine, Money } from "./money";
import { pagesAt } from "./pages";
import { forEach } from "./run";
import { getStoredIds, idsToSee } from "./stored-ids";

export interface DriftReport {
  /** How many of Stripe's objects were held against our rows. */
  objects: number;
  drift: Drift[];
  /** By currency. */
  ledger: LedgerLine[];
}

export const isClean = ({ drift, ledger }: DriftReport) =>
  drift.length === 0 && ledger.every(({ ours, stripe }) => ours === stripe);

/** In this time what has just changed reaches us by its webhook. */
const SETTLING_MS = 3_000;

/**
 * Compares all that we copy with what Stripe says, both ways, and writes nothing. Whatever differs is read once
 * more before it is reported: it may merely have changed while it was compared.
 */
export async function reportDrift(pace: Pace = UNHURRIED): Promise<DriftReport> {
  const money = new Money();
  const suspects: { kind: ObjectKind; ids: string[] }[] = [];
  let objects = 0;
  for (const kind of OBJECT_KINDS) {
    const { ids, seen } = await listSuspects(kind, money, pace);
    objects += seen;
    if (ids.length) suspects.push({ kind, ids });
  }
  if (suspects.length) await sleep(SETTLING_MS * pace.delayScale);
  const drift: Drift[] = [];
  for (const { kind, ids } of suspects) drift.push(...(await compareAgain(kind, ids, money, pace)));
  const sums = await compareMoney(money, pace);
  // A ledger's row that differs was reported with its field already.
  const isNews = ({ id }: Drift) => !drift.some((known) => known.id === id || known.id.endsWith(` ${id}`));
  return { objects, drift: [...drift, ...sums.drift.filter(isNews)], ledger: sums.ledger };
}

/** The ids of objects that differ from their rows, and of rows that Stripe's list does not show. */
async function listSuspects(kind: ObjectKind, money: Money, pace: Pace) {
  const unseen = idsToSee(await getStoredIds(kind));
  const differing: string[] = [];
  let seen = 0;
  for await (const page of definitionOf(kind).list(pagesAt(pace), null)) {
    seen += page.objects.length;
    for (const object of page.objects) {
      money.note(object);
      unseen.delete(object.id);
    }
    differing.push(...(await differencesOf(kind, page.objects)).keys());
  }
  return { ids: [...differing, ...unseen], seen };
}

/** An object of a test clock is in no list; read by its id it is there. */
async function compareAgain(kind: ObjectKind, ids: string[], money: Money, pace: Pace): Promise<Drift[]> {
  const drift: Drift[] = [];
  const gone: string[] = [];
  await forEach(ids, async (id) => {
    const { object } = await patiently(() => retrieveObject({ kind, id }), pace);
    if (!object || isDeleted(object)) {
      gone.push(id);
      return;
    }
    money.note(object);
    const found = await differencesOf(kind, [object]);
    drift.push(...(found.get(id) ?? []));
  });
  const stillStored = gone.length ? idsToSee(await getStoredIds(kind)) : new Set();
  const beyond = gone.filter((id) => stillStored.has(id));
  return [...drift, ...beyond.map((id) => ({ kind, id, field: "row", ours: "exists", stripe: null }))];
}

const isDeleted = (object: StripeObject) => "deleted" in object && object.deleted === true;
