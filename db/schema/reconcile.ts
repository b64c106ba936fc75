import { bigint, boolean, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { time } from "./columns";

/** How far a walk through Stripe's lists, newest first, has come; it goes on from there. */
export interface Walk {
  /** Stripe's second in which it began: what was made since then is for the next walk. */
  startedAt: number;
  /** The list, where there are several. */
  list?: string;
  /** The last object that is settled; null at the top of the list. */
  after: string | null;
}

/** The work of a run, for people and for the next run. */
export interface SweepCounts {
  /** Pages of Stripe's lists. */
  pages: number;
  /** Events that had not been applied, and objects that differed or had no row. */
  found: number;
  /** Objects that were read one by one. */
  reads: number;
  /** Objects that could not be applied; the reasons are in the inbox and in the log. */
  failed: number;
  /** Events whose payload was dropped because of its age. */
  pruned: number;
}

/** One row a sweep, and the row `sweeper` with the lease: at most one instance sweeps. */
export const reconcileState = pgTable(
  "reconcile_state",
  {
    kind: text({ enum: ["sweeper", "undelivered", "full", "objects"] }).notNull(),
    livemode: boolean().notNull(),
    /** Stripe's second before which everything is settled. */
    cursor: bigint({ mode: "number" }),
    /** Null when no walk is under way. */
    walk: jsonb().$type<Walk>(),
    leaseOwner: text(),
    /** After this second whoever comes first takes over: the owner has crashed. */
    leaseUntil: time(),
    startedAt: time(),
    /** When a run last came to its end. */
    finishedAt: time(),
    result: jsonb().$type<SweepCounts>(),
    /** The error that ended the last run; null when nothing did. */
    error: text(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.livemode] })],
);
