import type { Subquery } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type Stripe from "stripe";
import type * as schema from "@/db/schema";
import type { Fragment } from "@/db/sql";
import type { Write } from "@/db/write";
import type { LedgerEntry, LedgerKind } from "../ledger";

/**
 * Everything that the shop knows about one noun of Stripe's, in one file of this folder. sync/ and reconcile/ work
 * from these definitions alone, so a part that is left out does not compile.
 */
export interface ObjectDefinition<Source extends StripeSource> {
  /** The events that change rows of ours, and why. */
  events: EventReasons;
  /** Events that are kept in the inbox for people to see, though no row shows anything of them. */
  notedEvents: EventReasons;
  /** By the name in `event.data.object.object`: the id of the object of ours that the event is about. */
  idFrom: Partial<Record<ObjectName, (object: never) => string | null>>;
  /** An event's object is all there is to know. False: only Stripe can tell, so the event is a reason to ask. */
  isCarriedWhole(source: Source): boolean;
  retrieve(id: string, options: Stripe.RequestOptions): Promise<Answered<Source>>;
  /** Everything of the kind, newest first. Stripe hides the objects of test clocks in its lists. */
  list(pages: Pages, after: string | null): AsyncGenerator<Page<Source>>;
  /** Pure: what the object adds to the ledger when this event told of it, or when it was read without one. */
  ledgerEntries(source: Source, event: Stripe.Event | null): LedgerEntry[];
  /** The kind of the ledger entries that carry the object's own id. */
  ownLedgerKind: LedgerKind | null;
  /** @param events what told of the object, newest first; none when Stripe was asked without one */
  effects(source: Source, events: Stripe.Event[]): ObjectEffects;
  /** The object does not exist at Stripe any more. */
  effectsWhenGone(id: string, stripeCustomerId: string | null): ObjectEffects;
  /** Keeps the row that carries a version stamp; null when there is none. */
  mirror: Mirror | null;
  /** The tables that show the object, each with what has to be in it. */
  comparisons: Comparison<Source>[];
  /** The ids that rows without a version stamp hold, for a sweep to miss in Stripe's list. */
  listOtherIds(): Promise<string[]>;
  /** The table that shows whose the object is, and is filled in once the customer's user is known. */
  customerTable: CustomerTable | null;
}

/** As `event.data.object.object` has it. */
export type ObjectName = Stripe.Event["data"]["object"]["object"];

export type EventReasons = Partial<Record<Stripe.Event["type"], string>>;

export interface StripeSource {
  id: string;
  object: string;
}

export type Answered<Source> = Source & Pick<Stripe.Response<object>, "lastResponse">;

export interface Page<Source> {
  objects: Source[];
  /** The answer's `Date` header: Stripe's clock. */
  answeredAt: Date | null;
  tookMs: number;
  /** The number of requests it took. */
  calls: number;
}

export type ListRequest<Source> = (
  params: { limit: number; starting_after?: string },
  options: Stripe.RequestOptions,
) => Promise<Stripe.Response<Stripe.ApiList<Source>>>;

/** Walks a list of Stripe's; who walks decides how long to wait and how often to ask again. */
export type Pages = <Source extends { id: string }>(
  list: ListRequest<Source>,
  after: string | null,
) => AsyncGenerator<Page<Source>>;

/**
 * The meaning of an object for our tables, before anybody asks whether it is news. Three kinds of data, three rules:
 * ledger entries are a set, one-way statuses only climb, free-moving rows are decided by their time (decide.ts).
 */
export interface Effects extends ObjectEffects {
  ledgerEntries: LedgerEntry[];
}

export interface ObjectEffects {
  /** The customer it concerns; one customer's events are applied one after another. */
  stripeCustomerId: string | null;
  /** One sentence for the inbox. */
  note: string;
  /** The content of the row that carries a version stamp; null when there is none. */
  row: MirrorRow | null;
  /** The rows of another table that are the object's, too, all of them; null when its own row says everything. */
  parts: { table: PgTable; where: Fragment; rows: MirrorRow[] } | null;
  /** The writes that go with one of that row. */
  afterRow(): Write[];
  /** The writes that are right in any order, whatever is stored. */
  inAnyOrder(stamp: { stampLo: number; stampHi: number }): Write[];
  /** Stripe does not know the customer any more. */
  deletesCustomer: boolean;
}

export const NOTHING_ELSE = {
  row: null,
  parts: null,
  afterRow: () => [],
  inAnyOrder: () => [],
  deletesCustomer: false,
} satisfies Partial<ObjectEffects>;

type Tables = typeof schema;
type TableWith<Column extends string> = {
  [Name in keyof Tables]: Tables[Name] extends Record<Column, PgColumn> ? Tables[Name] : never;
}[keyof Tables];

/** Every table whose rows carry a version stamp. */
export type MirrorTable = TableWith<"stampLo" | "stampHi">;

export type MirrorRow = { stripeId: string; stripeCustomerId?: string | null } & Record<string, unknown>;

export interface Mirror {
  table: MirrorTable;
  /** The height of a status that only climbs; 0 for an object that moves freely. */
  rankOf(status: unknown): number;
  /** The columns to set, beside `deleted_at`, when Stripe does not know the object any more. */
  whenGone: Record<string, unknown>;
  /** A deletion leaves a row even if there was none, so that a read begun before does not bring the object back. */
  keepsTombstone: boolean;
}

/** Every table that shows whose an object of Stripe is; the ledger does, too, and is filled in with them. */
export type CustomerTable = Exclude<
  TableWith<"stripeCustomerId" | "userId">,
  typeof schema.stripeTransactions
>;

/** Holds rows against Stripe's objects, field by field. */
export interface Comparison<Source> {
  table: PgTable | Subquery;
  /** The column with the object's id, and the one that names a row: there may be several rows an object. */
  objectId: PgColumn;
  rowId: Pick<PgColumn, "name">;
  /** The fields that must agree. What Stripe changes without an event, or for each answer, is not among them. */
  rowsOf(source: Source): { id: string; fields: Record<string, unknown> }[];
  /** Stripe has objects of the kind that are none of ours, and this is one unless there is a row. */
  mayBeForeign(source: Source): boolean;
  /** A row of the object for which Stripe gives no reason, as a difference; null when it is in order. */
  strayRow(row: Record<string, unknown>): { field: string; ours: unknown; stripe: unknown } | null;
}

/** For nouns of which every object has exactly one row. */
export const ONE_ROW_EACH = { mayBeForeign: () => false, strayRow: () => null };

export const ownId = ({ id }: { id: string }) => id;
