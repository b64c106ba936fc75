import { expect, it } from "vitest";
import { type Fragment, identifier, raw, run, sql } from "./sql";

/** Statements from pieces, on a real Postgres. */

const only = async (statement: Fragment) => (await run(statement))[0];

it("a value is a parameter, wherever it stands in a piece of a piece", async () => {
  const inner = sql`${"a'b"}::text || ${"$1"}::text`;
  const pieces = [sql`${1}::int as one,`, sql`${true}::boolean as yes,`, sql`${null}::text as nothing`];
  expect(await only(sql`select ${inner} as both, ${pieces}`)).toEqual({
    both: "a'b$1",
    one: 1,
    yes: true,
    nothing: null,
  });
});

it("a piece may be used twice, and each time its values are sent", async () => {
  const piece = sql`${7}::int`;
  expect(await only(sql`select ${piece} as one, ${piece} as other`)).toEqual({ one: 7, other: 7 });
});

it("an empty list is nothing", async () => {
  expect(await only(sql`select ${2}::int as two ${[]}`)).toEqual({ two: 2 });
});

it("a name is a name, whatever is in it", async () => {
  expect(await only(sql`select ${1}::int as ${identifier('a"; drop table users; --')}`)).toEqual({
    'a"; drop table users; --': 1,
  });
});

it("raw text is SQL", async () => {
  expect(await only(sql`select ${raw("1 + 1")} as two, ${"x"}::text as x`)).toEqual({ two: 2, x: "x" });
});

it("a value that is undefined is refused before anything is sent", () => {
  const broken = sql`select ${undefined as unknown as null}`;
  expect(() => run(broken)).toThrow("A value of a statement is undefined.");
});
