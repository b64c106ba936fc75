import { OutOfTimeError, patiently } from "@/lib/background/patience";
import { isTransient } from "@/lib/transient";
import {
  definitionOf,
  OBJECT_KINDS,
  type ObjectKind,
  type ObjectRef,
  retrieveObject,
  type StripeObject,
} from "../objects";
import type { Page } from "../objects/definition";
import { isMissing } from "../stripe";
import { apply } from "../sync/apply";
import { syncObject } from "../sync/sync-object";
import { differencesOf } from "./compare";
import { pagesAt } from "./pages";
import { forEach, noteFailure, type Run } from "./run";
import { advance } from "./state";
import { getStoredIds, idsToSee, type Stored } from "./stored-ids";

/**
 * Holds all of Stripe's objects against our rows, whatever the events said: for what happened longer ago than
 * Stripe lists events, and once a week to be sure. A list's answer is as good as a reading of each object in
 * it, so only what changed in the meantime is read by itself.
 */
export async function sweepObjects(run: Run): Promise<void> {
  const { walk } = run.states.objects;
  const startedAt = walk?.startedAt ?? Math.floor(Date.now() / 1000);
  const reached = walk ? OBJECT_KINDS.indexOf(walk.list as ObjectKind) : 0;
  let after = walk?.after ?? null;
  for (const kind of OBJECT_KINDS.slice(Math.max(0, reached))) {
    await sweepKind(kind, after, startedAt, run);
    after = null;
  }
  await advance("objects", run.lease, { walk: null });
}

async function sweepKind(kind: ObjectKind, after: string | null, startedAt: number, run: Run): Promise<void> {
  const stored = await getStoredIds(kind);
  const unseen = idsToSee(stored);
  const expected = unseen.size;
  try {
    for await (const page of definitionOf(kind).list(pagesAt(run.pace), after)) {
      run.counts.pages += page.calls;
      for (const { id } of page.objects) unseen.delete(id);
      await repairPage(kind, page, stored, run);
      const last = page.objects.at(-1)?.id ?? null;
      await advance("objects", run.lease, { walk: { startedAt, list: kind, after: last } });
    }
  } catch (error) {
    if (!after || !isMissing(error)) throw error;
    // The object at which an interrupted walk stood is not listed any more: begin its list anew.
    return sweepKind(kind, null, startedAt, run);
  }
  // This run did not see what came before the interruption, so nothing follows from a gap.
  if (after) return;
  await refuseOtherAccount(kind, unseen, expected, run);
  if (kind === "product" && unseen.size) run.catalogChanged = true;
  await forEach([...unseen], (id) => readAnew({ kind, id }, run));
}

async function repairPage(kind: ObjectKind, page: Page<StripeObject>, stored: Map<string, Stored>, run: Run) {
  const differences = await differencesOf(kind, page.objects);
  const differing = page.objects.filter(({ id }) => differences.has(id));
  run.counts.found += differing.length;
  if (kind === "product" && differing.length) run.catalogChanged = true;
  const { answeredAt, tookMs } = page;
  await forEach(differing, async (object) => {
    const ref = { kind, id: object.id };
    const answer = { object, answeredAt, tookMs, rev: stored.get(object.id)?.rev ?? null };
    await repair(ref, run, () => apply({ ref, snapshot: null, answer, inbox: null }));
  });
}

async function readAnew(ref: ObjectRef, run: Run) {
  run.counts.reads++;
  await repair(ref, run, () => syncObject(ref.kind, ref.id));
}

/** @throws what may pass by itself, and that time is up; everything else is noted, and the next object's turn */
async function repair(ref: ObjectRef, run: Run, work: () => Promise<unknown>) {
  run.lease.check();
  try {
    await patiently(work, run.pace);
  } catch (error) {
    if (error instanceof OutOfTimeError || isTransient(error)) throw error;
    noteFailure(run, ref, error);
  }
}

/** So many objects missing from a list all at once are no accident. */
const REMARKABLE_COUNT = 5;

/**
 * A key of another account knows nothing of ours; taking that for the truth would end everybody's access. The
 * objects of test clocks are in no list either, but can be read.
 */
async function refuseOtherAccount(kind: ObjectKind, unseen: Set<string>, expected: number, run: Run) {
  if (unseen.size < expected || expected < REMARKABLE_COUNT) return;
  for (const id of [...unseen].slice(0, REMARKABLE_COUNT)) {
    const { object } = await patiently(() => retrieveObject({ kind, id }), run.pace);
    if (object) return;
  }
  throw new Error(
    `Stripe lists none of our ${expected} objects of the kind ${kind}. Is STRIPE_API_KEY of another account than DATABASE_URL? Nothing was changed.`,
  );
}
