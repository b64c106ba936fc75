import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { API_VERSION } from "./kit/account";
import { startLocalStripe } from "./test/harness";
import examples from "./test/official-keys.json";
import { isPlain, objectsIn, type Plain, readEverything } from "./test/reading";
import { SdkTypes } from "./test/sdk-types";
import { createWorld } from "./test/world";

/**
 * The shape of every object that is served, held to two authorities: the SDK's types, and `official-keys.json`,
 * the keys (not the values) of the example objects that Stripe publishes with its API description. Lists and
 * references are left out there, because what is in them is an object of its own.
 */

const local = startLocalStripe();
const types = new SdkTypes();
afterAll(() => types.close());

/** The examples are older than the API's version: what it dropped, and what it sends only when expanded. */
const NOT_SENT: Readonly<Record<string, readonly string[]>> = {
  charge: ["refunds"],
  invoice: ["subscription"],
};

/** Recorded: Stripe says null here, although the SDK's type has no such value. */
const NULL_ALL_THE_SAME = [
  "payment_intent.payment_details is null",
  // Not recorded, but in the docs' example of the account's own (https://docs.stripe.com/api/tax_ids/object).
  "tax_id.owner.customer is null",
];

const exampleOf = ({ object, deleted }: Plain): string[] => {
  const name = `${deleted ? "deleted_" : ""}${object}`;
  return (examples as Readonly<Record<string, string>>)[name]?.split(" ") ?? [];
};

/** The examples were paid by card. A bank account has a part of its own, which the SDK's types describe. */
const isOfCards = (path: string) => /^(payment_method_details\.)?card\./.test(path);
const isDebit = ({ type, payment_method_details: details }: Plain) =>
  ["sepa_debit", "us_bank_account"].includes(String(isPlain(details) ? details.type : type));

/** The example has a licensed price; a metered one has no quantity before its usage is known, as the SDK's type allows. */
const isUncounted = (path: string, { price }: Plain) =>
  path === "quantity" &&
  isPlain(price) &&
  isPlain(price.recurring) &&
  price.recurring.usage_type === "metered";

/** Keys of the example that the object lacks although it has their parent. */
function lacks(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((one) => lacks(one, [key as string, ...rest]));
  if (!isPlain(value) || key === undefined) return false;
  // The examples were paid by card; what was paid by a bank debit has that one's details in the place of these.
  if (key === "card" && typeof value.type === "string" && value.type !== "card") return false;
  return key in value ? lacks(value[key], rest) : true;
}

/** Every key with its path; what is in another object is that object's matter. */
function pathsIn(value: unknown): string[][] {
  if (Array.isArray(value)) return value.flatMap(pathsIn);
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...(objectsIn(inner).length ? [] : pathsIn(inner).map((path) => [key, ...path])),
  ]);
}

const found: Plain[] = [];
let counts: Readonly<Record<string, number>> = {};

beforeAll(async () => {
  found.push(...objectsIn(JSON.parse(JSON.stringify(await createWorld(local)))));
  counts = await readEverything(local, found);
});

test("the API's version is the one that the SDK pins", () => {
  expect(API_VERSION).toBe(Stripe.API_VERSION);
});

test("there is something to see behind every route that reads", () => {
  expect(Object.keys(counts).length).toBeGreaterThan(40);
  expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
});

test("every object that was sent has a type and an example, and every type was sent", () => {
  const sent = new Set(found.map(({ object }) => object as string));
  expect([...sent].sort()).toEqual(types.served.sort());
  expect(found.filter((object) => object.object !== "list" && exampleOf(object).length === 0)).toEqual([]);
});

describe.each(types.served)("%s", (object) => {
  const each = (complain: (one: Plain) => string[]) =>
    new Set(found.filter((candidate) => candidate.object === object).flatMap(complain));

  test("has all keys of the SDK's type, with values of their kind", () => {
    const complaints = (one: Plain) =>
      types.complaints(object, one).filter((complaint) => !NULL_ALL_THE_SAME.includes(complaint));
    expect(each(complaints)).toEqual(new Set());
  });

  test("has all keys of the official example", () => {
    const needed = (one: Plain) =>
      exampleOf(one).filter(
        (path) =>
          !NOT_SENT[object]?.includes(path) && !(isDebit(one) && isOfCards(path)) && !isUncounted(path, one),
      );
    expect(each((one) => needed(one).filter((path) => lacks(one, path.split("."))))).toEqual(new Set());
  });

  test("has no key that neither of them knows", () => {
    const known = (one: Plain, path: string) =>
      types.knows(object, path.split(".")) || exampleOf(one).some((key) => `${key}.`.startsWith(`${path}.`));
    const sent = (one: Plain) => pathsIn(one).map((path) => path.join("."));
    expect(each((one) => sent(one).filter((path) => !known(one, path)))).toEqual(new Set());
  });
});
