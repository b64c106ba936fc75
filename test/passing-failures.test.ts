import Stripe from "stripe";
import { expect, it } from "vitest";
import { BusyError, isTransient } from "@/lib/transient";

/** Some failures pass by themselves, so that the event comes again; others stay, so that it is parked. */

const { errors } = Stripe;
const raw = { message: "no", type: "api_error" } as never;
const coded = (code: unknown, message = "no") => Object.assign(new Error(message), { code });

it.each<[string, unknown]>([
  ["an object that kept changing", new BusyError("busy")],
  ["Stripe is away", new errors.StripeConnectionError(raw)],
  ["Stripe is broken", new errors.StripeAPIError(raw)],
  ["Stripe has had enough of us", new errors.StripeRateLimitError(raw)],
  ["Stripe refuses our key", new errors.StripeAuthenticationError(raw)],
  ["Stripe does not let us", new errors.StripePermissionError(raw)],
  ["the network is away", coded("ECONNREFUSED")],
  ["the connection is lost", coded("CONNECTION_CLOSED")],
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  ["Postgres: connection failure", coded("08006")],
  ["Postgres: serialization failure", coded("40001")],
  ["Postgres: deadlock", coded("40P01")],
  ["Postgres: undefined table, before a migration", coded("42P01")],
  ["Postgres: too many connections", coded("53300")],
  ["Postgres: lock not available", coded("55P03")],
  ["Postgres: query canceled", coded("57014")],
  ["Postgres: shutting down", coded("57P01")],
  ["a cause that may pass", new Error("failed query", { cause: coded("40001") })],
  ["a cause of a cause", new Error("a", { cause: new Error("b", { cause: coded("ECONNRESET") }) })],
  ["a number for a code, above a cause that may pass", Object.assign(coded(22), { cause: coded("57014") })],
  ["a code that only contains a class", coded("1022")],
])("passes: %s", (_, error) => expect(isTransient(error)).toBe(true));

it.each<[string, unknown]>([
  ["Stripe cannot do what was asked", new errors.StripeInvalidRequestError(raw)],
  ["Postgres: text that it cannot store", coded("22P05")],
  ["Postgres: numeric value out of range", coded("22003")],
  ["Postgres: null where there must be a value", coded("23502")],
  ["Postgres: foreign key", coded("23503")],
  ["Postgres: not unique", coded("23505")],
  ["Node: a wrong argument", coded("ERR_INVALID_ARG_TYPE")],
  ["a cause that stays", new Error("failed query", { cause: coded("22P05") })],
  ["an error of ours", new Error("Subscription sub_1 has no items.")],
  ["a mistake of ours", new TypeError("undefined is not a function")],
  ["a number for a code", coded(57_014)],
  ["nothing that is an error", { code: "ECONNREFUSED" }],
  ["a cause that is no error", new Error("no", { cause: { code: "ECONNREFUSED" } })],
  ["a word", "ECONNREFUSED"],
  ["null", null],
  ["nothing", undefined],
])("stays: %s", (_, error) => expect(isTransient(error)).toBe(false));
