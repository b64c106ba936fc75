import { setTimeout as sleep } from "node:timers/promises";
import { type Pace, patiently, UNHURRIED } from "@/lib/background/patience";
import { readObject, type StripeObject } from "../objects";
import { type Drift, differencesOf } from "./compare";
import { getHeldRows } from "./held-rows";
import { LISTED_KINDS, type ListedKind, listObjects } from "./listed-objects";
import { compareMoney, type LedgerLine, Money } from "./money";
import { forEach } from "./run";

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
  const suspects = new Map<ListedKind, string[]>();
  let objects = 0;
  for (const kind of LISTED_KINDS) {
    const held = await getHeldRows(kind);
    const unseen = new Set([...held].filter(([, { isGone }]) => !isGone).map(([id]) => id));
    const differing: string[] = [];
    for await (const page of listObjects(kind, pace)) {
      objects += page.objects.length;
      for (const object of page.objects) {
        money.note(object);
        unseen.delete(object.id);
      }
      differing.push(...(await differencesOf(kind, page.objects)).keys());
    }
    if (differing.length || unseen.size) suspects.set(kind, [...differing, ...unseen]);
  }
  if (suspects.size) await sleep(SETTLING_MS * pace.delayScale);
  const drift: Drift[] = [];
  for (const [kind, ids] of suspects) drift.push(...(await readAgain(kind, ids, money, pace)));
  const sums = await compareMoney(money, pace);
  // A ledger's row that differs was reported with its field already.
  const isNews = ({ id }: Drift) => !drift.some((known) => known.id === id || known.id.endsWith(` ${id}`));
  return { objects, drift: [...drift, ...sums.drift.filter(isNews)], ledger: sums.ledger };
}

/** An object of a test clock is in no list; read by its id it is there. */
async function readAgain(kind: ListedKind, ids: string[], money: Money, pace: Pace): Promise<Drift[]> {
  const drift: Drift[] = [];
  const gone: string[] = [];
  await forEach(ids, async (id) => {
    const { object } = await patiently(() => readObject({ kind, id }), pace);
    if (!object || ("deleted" in object && object.deleted)) {
      gone.push(id);
      return;
    }
    money.note(object);
    const found = await differencesOf(kind, [object as StripeObject & { id: string }]);
    drift.push(...(found.get(id) ?? []));
  });
  const held = gone.length ? await getHeldRows(kind) : new Map();
  const isHeld = (id: string) => held.get(id)?.isGone === false;
  return [
    ...drift,
    ...gone.filter(isHeld).map((id) => ({ kind, id, field: "row", ours: "exists", stripe: null })),
  ];
}
