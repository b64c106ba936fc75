import type { Walk } from "@/db/schema";
import { transaction } from "@/db/transaction";
import { LostLeaseError } from "@/lib/background/lease";
import { OutOfTimeError, patiently } from "@/lib/background/patience";
import { isPassing } from "@/lib/transient";
import { BillingAgent } from "../events/handle";
import type { ObjectRef } from "../objects";
import { isMissing } from "../stripe";
import { apply } from "../sync/apply";
import { differencesOf } from "./compare";
import { getHeldRows, type Held } from "./held-rows";
import { answerOf, LISTED_KINDS, type ListedKind, type ListedPage, listObjects } from "./listed-objects";
import { forEach, noteFailure, type Run } from "./run";
import { advance, getSweepState } from "./state";

/**
 * Holds all of Stripe's objects against our rows, whatever the events said: for what happened longer ago than
 * Stripe lists events, and once a week to be sure. A list's answer is as good as a reading of each object in
 * it, so only what changed in the meantime is read by itself.
 */
export async function sweepObjects(run: Run): Promise<void> {
  const { walk } = await getSweepState("objects");
  const startedAt = walk?.startedAt ?? Math.floor(Date.now() / 1000);
  const reached = walk ? LISTED_KINDS.indexOf(walk.list as ListedKind) : 0;
  let after = walk?.after ?? null;
  for (const kind of LISTED_KINDS.slice(Math.max(0, reached))) {
    await sweepList(kind, after, startedAt, run);
    after = null;
  }
  await save(run, null);
}

async function sweepList(kind: ListedKind, after: string | null, startedAt: number, run: Run): Promise<void> {
  const held = await getHeldRows(kind);
  const unseen = new Set([...held].filter(([, { isGone }]) => !isGone).map(([id]) => id));
  const expected = unseen.size;
  try {
    for await (const page of listObjects(kind, run.pace, after)) {
      run.counts.pages += page.calls;
      for (const { id } of page.objects) unseen.delete(id);
      await settlePage(kind, page, held, run);
      await save(run, { startedAt, list: kind, after: page.objects.at(-1)?.id ?? null });
    }
  } catch (error) {
    if (!after || !isMissing(error)) throw error;
    // The object at which an interrupted walk stood is not listed any more: begin its list anew.
    return sweepList(kind, null, startedAt, run);
  }
  // What came before an interruption was not seen here, so nothing follows from it.
  if (after) return;
  refuseOtherAccount(kind, unseen.size, expected);
  if (kind === "plan" && unseen.size) run.catalogChanged = true;
  await forEach([...unseen], (id) => read({ kind, id }, run));
}

async function settlePage(kind: ListedKind, page: ListedPage, held: Map<string, Held>, run: Run) {
  const differences = await differencesOf(kind, page.objects);
  const differing = page.objects.filter(({ id }) => differences.has(id));
  run.counts.found += differing.length;
  if (kind === "plan" && differing.length) run.catalogChanged = true;
  await forEach(differing, async (object) => {
    const ref = { kind, id: object.id };
    const answer = answerOf(object, page, held.get(object.id)?.rev ?? null);
    await attempt(ref, run, () => apply({ ref, told: null, answer, events: [] }));
  });
}

async function read(ref: ObjectRef, run: Run) {
  run.counts.reads++;
  await attempt(ref, run, () => BillingAgent.syncObject(ref.kind, ref.id));
}

async function attempt(ref: ObjectRef, run: Run, work: () => Promise<unknown>) {
  run.lease.check();
  try {
    await patiently(work, run.pace);
  } catch (error) {
    if (error instanceof OutOfTimeError || isPassing(error)) throw error;
    noteFailure(run, ref, error);
  }
}

/** So few may be missing from a list all at once without a word. */
const UNREMARKABLE = 5;

/** A key of another account knows nothing of ours; taking that for the truth would end everybody's access. */
function refuseOtherAccount(kind: ListedKind, unseen: number, expected: number) {
  if (unseen < expected || expected < UNREMARKABLE) return;
  throw new Error(
    `Stripe lists none of our ${expected} objects of the kind ${kind}. Is STRIPE_API_KEY of another account than DATABASE_URL? Nothing was changed.`,
  );
}

async function save(run: Run, walk: Walk | null) {
  await transaction(async (tx) => {
    const moved = await tx.send(advance("objects", run.lease, { walk }));
    if (!moved.length) throw new LostLeaseError();
    await tx.commit();
  });
}
