import { randomUUID } from "node:crypto";
import { and, eq, lt, or, type SQL, sql } from "drizzle-orm";
import { db } from "@/db";
import { reconcileState } from "@/db/schema";
import { livemode } from "@/env";

/** One sweeper at a time, whichever of the instances: a row with the time until which it is taken. */

const LEASE_SECONDS = 120;

/** Another instance sweeps now, because this one was taken for dead. What it had settled stays settled. */
export class LostLeaseError extends Error {
  constructor() {
    super("Another instance took the sweep over.");
  }
}

export interface Lease {
  /** True inside a statement only while the lease is still this instance's. */
  held: SQL;
  /** @throws LostLeaseError */
  check(): void;
}

const until = sql`now() + make_interval(secs => ${LEASE_SECONDS})`;
const isSweeper = and(eq(reconcileState.kind, "sweeper"), eq(reconcileState.livemode, livemode));

/** @returns what `work` returns; null when another instance is sweeping */
export async function withLease<T>(work: (lease: Lease) => Promise<T>): Promise<T | null> {
  const owner = randomUUID();
  if (!(await acquire(owner))) return null;
  let lost = false;
  // One failed renewal is no loss: the next comes in time.
  const renewing = setInterval(() => {
    renew(owner).then(
      (renewed) => {
        lost ||= !renewed;
      },
      () => {},
    );
  }, LEASE_SECONDS * 250).unref();
  try {
    return await work({
      held: sql`exists (select from ${reconcileState} where ${and(isSweeper, eq(reconcileState.leaseOwner, owner))})`,
      check() {
        if (lost) throw new LostLeaseError();
      },
    });
  } finally {
    clearInterval(renewing);
    await release(owner);
  }
}

async function acquire(leaseOwner: string): Promise<boolean> {
  const values = { leaseOwner, leaseUntil: until, startedAt: sql`now()` };
  const taken = await db
    .insert(reconcileState)
    .values({ kind: "sweeper", livemode, ...values })
    .onConflictDoUpdate({
      target: [reconcileState.kind, reconcileState.livemode],
      set: values,
      setWhere: or(sql`${reconcileState.leaseUntil} is null`, lt(reconcileState.leaseUntil, sql`now()`)),
    })
    .returning({ kind: reconcileState.kind });
  return taken.length > 0;
}

const isOwn = (owner: string) => and(isSweeper, eq(reconcileState.leaseOwner, owner));

async function renew(owner: string): Promise<boolean> {
  const renewed = await db
    .update(reconcileState)
    .set({ leaseUntil: until })
    .where(isOwn(owner))
    .returning({ kind: reconcileState.kind });
  return renewed.length > 0;
}

const release = (owner: string) =>
  db
    .update(reconcileState)
    .set({ leaseUntil: null, leaseOwner: null, finishedAt: sql`now()` })
    .where(isOwn(owner));
