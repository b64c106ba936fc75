import { DrizzleQueryError } from "drizzle-orm";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { BusyError, isStripeError, isTransient } from "./transient";

const { errors } = Stripe;
const raw = { message: "no", type: "api_error" } as never;
const withCode = (code: string) => Object.assign(new Error("no"), { code });

describe("an error that passes", () => {
  // By https://docs.stripe.com/error-handling; only a wrong question stays wrong without anybody's doing.
  it.each([
    ["the object changes too fast", new BusyError(), true],
    ["Stripe is out of order", new errors.StripeAPIError(raw), true],
    ["Stripe is away", new errors.StripeConnectionError(raw), true],
    ["Stripe has had enough", new errors.StripeRateLimitError(raw), true],
    ["Stripe refuses the key", new errors.StripeAuthenticationError(raw), true],
    ["Stripe refuses the call", new errors.StripePermissionError(raw), true],
    ["Stripe knows no such object", new errors.StripeInvalidRequestError(raw), false],
    ["the database is away", withCode("ECONNREFUSED"), true],
    ["a lock was not had", withCode("55P03"), true],
    ["the database is away, says the query", new DrizzleQueryError("select", [], withCode("57P01")), true],
    ["a value is out of range", withCode("22003"), false],
    ["a value is taken", withCode("23505"), false],
    ["a value is nested too deeply", withCode("54001"), false],
    ["an argument is wrong", withCode("ERR_INVALID_ARG_TYPE"), false],
    ["a mistake of ours", new TypeError("x is undefined"), false],
    ["no error at all", "ECONNREFUSED", false],
  ])("%s: %#", (_, error, passes) => expect(isTransient(error)).toBe(passes));
});

const classes = Object.values(errors).filter((value) => value.prototype instanceof Error);

it.each(classes)("$name is known as Stripe's, and by its name", (StripeError) => {
  const error = new (StripeError as new (given: object) => Error)({ message: "no" });
  expect(isStripeError(error) && error.type).toBe(StripeError.name);
});
