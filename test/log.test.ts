import { CallbackRouteError } from "@auth/core/errors";
import { sql } from "drizzle-orm";
import Stripe from "stripe";
import { expect, it } from "vitest";
import { client, db } from "@/db";
import { insertUser } from "@/db/queries/users";
import { users } from "@/db/schema";
import { createLog, describeError } from "@/lib/log";

/** The log may be read by people who may not read the database: none of these may reach a line of it. */
const CANARY = {
  name: "Ada Canary-Lovelace",
  email: "canary@example.com",
  passwordHash: "$argon2id$v=19$canary",
};
const INSERT = 'insert into "users"';

function newLog() {
  const lines: string[] = [];
  return { lines, log: createLog({ write: (line) => lines.push(line) }) };
}

function logged(error: unknown) {
  const { lines, log } = newLog();
  log.error("It failed.", error, { event: "evt_1" });
  expect(lines).toHaveLength(1);
  for (const secret of Object.values(CANARY)) expect(lines[0]).not.toContain(secret);
  return JSON.parse(lines[0] ?? "");
}

const failureOf = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => expect.unreachable("It was meant to fail."),
    (error: unknown) => error,
  );

const duplicate = async () => {
  await insertUser(CANARY);
  const error = await failureOf(db.insert(users).values(CANARY));
  // Else the test would hold nothing back.
  expect(String(error)).toContain(CANARY.passwordHash);
  return error as Error;
};

it("a sentence is one line of JSON with its level, its time and its fields", () => {
  const { lines, log } = newLog();
  log.info("Two\nlines.", { event: "evt_1", attempts: 2, note: undefined });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    event: "evt_1",
    attempts: 2,
    msg: "Two\nlines.",
  });
});

it("an error of our own is there in full", () => {
  const { level, msg, event, error } = logged(new TypeError("x is undefined", { cause: new Error("why") }));
  expect({ level, msg, event }).toEqual({ level: "error", msg: "It failed.", event: "evt_1" });
  expect(error).toMatchObject({ name: "TypeError", message: "x is undefined", cause: { message: "why" } });
  expect(error.stack).toMatch(/^at .*log\.test\.ts/s);
});

it("a query that failed is there with its text, its cause's message and code, and no parameter", async () => {
  const { error } = logged(await duplicate());
  expect(error).toEqual({
    name: "FailedQuery",
    message: expect.stringMatching(/^duplicate key value violates unique constraint "users_/),
    code: "23505",
    query: expect.stringContaining(INSERT),
    stack: expect.stringMatching(/^at /),
  });
});

it("a value that Postgres quotes is left out", async () => {
  const broken = await failureOf(db.execute(sql`select ${CANARY.email}::uuid`));
  expect(logged(broken).error).toMatchObject({
    code: "22P02",
    message: 'invalid input syntax for type uuid: "…"',
    query: "select $1::uuid",
  });
  const ofTheDriver = client`select ${`${CANARY.name}"\n at x`}::text::integer`;
  expect(logged(await failureOf(ofTheDriver)).error).toMatchObject({
    code: "22P02",
    message: 'invalid input syntax for type integer: "…"',
    query: "select $1::text::integer",
  });
});

it("a query that failed deeper down is found, too", async () => {
  const error = await failureOf(db.insert(users).values({ ...CANARY, email: CANARY.email.toUpperCase() }));
  expect(logged(new CallbackRouteError(error as never)).error).toMatchObject({
    name: "CallbackRouteError",
    cause: { code: "23505", query: expect.stringContaining(INSERT) },
  });
  const wrapped = new Error(`It was not applied: ${(error as Error).message}`, { cause: error });
  expect(logged(wrapped).error.message).toMatch(/^It was not applied: duplicate key value/);
});

it("an address in what Stripe says of it is left out, and the name of a package is not", () => {
  const refused = new Stripe.errors.StripeInvalidRequestError({
    type: "invalid_request_error",
    message: `Invalid email address: ${CANARY.email}`,
    code: "email_invalid",
  });
  expect(logged(refused).error).toMatchObject({ code: "email_invalid", message: "Invalid email address: …" });
  const missing = "Cannot find module '/shop/node_modules/@auth/core.js'";
  expect(logged(new Error(missing)).error.message).toBe(missing);
});

it("one line about an error has no more in it than the log", async () => {
  const message = 'duplicate key value violates unique constraint "users_email_unique"';
  expect(describeError(await failureOf(db.insert(users).values(CANARY)))).toBe(`FailedQuery: ${message}`);
  expect(describeError(new TypeError("x is undefined"))).toBe("TypeError: x is undefined");
  expect(describeError("a text")).toBe("a text");
});

it("a query without a reason does not give its parameters away instead", () => {
  const error = Object.assign(new Error(`Failed query: q\nparams: ${CANARY.email}`), {
    query: "q",
    params: [],
  });
  expect(logged(error).error).toMatchObject({ message: "A query failed.", query: "q" });
});

it("whatever is thrown can be logged", () => {
  expect(logged("a text").error).toEqual({ name: "string", message: "a text" });
  expect(logged(null).error).toEqual({ name: "object", message: "null" });
});
