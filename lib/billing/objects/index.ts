import type Stripe from "stripe";
import { limitTo } from "@/lib/limit";
import { isMissing } from "../stripe";
import { checkoutSession } from "./checkout-session";
import { customer } from "./customer";
import type {
  CustomerTable,
  Effects,
  EventReasons,
  MirrorTable,
  ObjectDefinition,
  ObjectName,
} from "./definition";
import { dispute } from "./dispute";
import { invoice } from "./invoice";
import { invoicePayment } from "./invoice-payment";
import { product } from "./product";
import { refund } from "./refund";
import { subscription } from "./subscription";

/**
 * Every object of Stripe's that our rows copy, by Stripe's own name, in the order in which a sweep walks them:
 * customers first, because that the account is another one shows there soonest.
 */
const OBJECTS = {
  customer,
  product,
  subscription,
  invoice,
  invoice_payment: invoicePayment,
  refund,
  dispute,
  "checkout.session": checkoutSession,
} satisfies Partial<Record<ObjectName, unknown>>;

export type ObjectKind = keyof typeof OBJECTS;
export type StripeObject =
  (typeof OBJECTS)[ObjectKind] extends ObjectDefinition<infer Source> ? Source : never;

export interface ObjectRef {
  kind: ObjectKind;
  id: string;
}

export const OBJECT_KINDS = Object.keys(OBJECTS) as ObjectKind[];

/** The compiler knows each definition's own type of object only by name; whoever works with all of them passes on what it got. */
export const definitionOf = (kind: ObjectKind) => OBJECTS[kind] as ObjectDefinition<StripeObject>;

const DEFINITIONS = OBJECT_KINDS.map((kind) => [kind, definitionOf(kind)] as const);

/** One list: the shop applies these events, STRIPE_SETUP.md describes them, the sweep looks for them. */
export const HANDLED_EVENTS: EventReasons = Object.assign(
  {},
  ...DEFINITIONS.flatMap(([, { events, notedEvents }]) => [events, notedEvents]),
);

const FROM_EVENT = new Map(
  DEFINITIONS.flatMap(([kind, { idFrom }]) =>
    Object.entries(idFrom).map(([name, idOf]) => [
      name,
      { kind, idOf: idOf as (object: object) => string | null },
    ]),
  ),
);

/** The object of ours that an event changes; null for an event that changes none. */
export function objectOf({ type, data: { object } }: Stripe.Event): ObjectRef | null {
  const from = FROM_EVENT.get(object.object);
  if (!from || !Object.hasOwn(definitionOf(from.kind).events, type)) return null;
  const id = from.idOf(object);
  return id ? { kind: from.kind, id } : null;
}

export const isCarriedWhole = (kind: ObjectKind, event: Stripe.Event) =>
  definitionOf(kind).isCarriedWhole(event.data.object as StripeObject);

/** Tells what an event that carries all of its object means for our rows. */
export function effectsOfEvent(kind: ObjectKind, event: Stripe.Event): Effects {
  const definition = definitionOf(kind);
  const source = event.data.object as StripeObject;
  return {
    ...definition.effects(source, [event]),
    ledgerEntries: entriesOf(definition, source, event),
  };
}

/**
 * Tells what an object that was read means for our rows.
 * @param events newest first; what they tell is in the object, except for the ledger entries each adds
 */
export function effectsOfRead(kind: ObjectKind, source: StripeObject, events: Stripe.Event[] = []): Effects {
  const definition = definitionOf(kind);
  return {
    ...definition.effects(source, events),
    ledgerEntries: [...events, null].flatMap((event) => entriesOf(definition, source, event)),
  };
}

const entriesOf = (
  definition: ObjectDefinition<StripeObject>,
  source: StripeObject,
  event: Stripe.Event | null,
) => definition.ledgerEntries(source, event).map((entry) => ({ ...entry, stripeEventId: event?.id ?? null }));

export interface Answer {
  /** Null: Stripe does not know it. */
  object: StripeObject | null;
  /** The answer's `Date` header: Stripe's clock. */
  answeredAt: Date | null;
  tookMs: number;
  /** The row's `rev` before Stripe was asked, if it is known; null: there was no row. */
  rev?: number | null;
}

/** Reads the object as it is now. Never with Stripe's search, which runs a minute behind. */
export async function retrieveObject({ kind, id }: ObjectRef): Promise<Answer> {
  // The wall clock may be set back meanwhile, and then the reading would count as newer than it is.
  const startedAt = performance.now();
  const retrieve = () => definitionOf(kind).retrieve(id, OPTIONS);
  const object = await inTurn(retrieve).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  const date = object?.lastResponse.headers.date;
  return {
    object,
    answeredAt: date ? new Date(date) : null,
    tookMs: performance.now() - startedAt,
  };
}

/** Waiting for an answer holds a webhook open; Stripe's own retry is the better one. */
const OPTIONS = { timeout: 3_000, maxNetworkRetries: 0 };

/** A burst of unsure events must not use up the account's rate limit, which checkout needs too. */
const inTurn = limitTo(4);

/** The tables that show whose an object is. */
export const CUSTOMER_TABLES = DEFINITIONS.flatMap(([, { customerTable }]) => customerTable ?? []);

type Definition = (typeof OBJECTS)[ObjectKind];
type NameOf<Table> = Table extends { _: { name: infer Name extends string } } ? Name : never;
type Forgotten =
  | NameOf<Exclude<MirrorTable, NonNullable<Definition["mirror"]>["table"]>>
  | NameOf<Exclude<CustomerTable, Definition["customerTable"]>>;

/** Does not compile while a table of the schema has a version stamp, or a customer and a user, and no noun: it is named. */
void ({} satisfies Record<Forgotten, ObjectDefinition<StripeObject>>);
