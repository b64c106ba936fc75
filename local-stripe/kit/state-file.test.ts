import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readJson, writeState } from "./state-file";

const file = join(mkdtempSync(join(tmpdir(), "local-stripe-state-")), "state.json");

const state = {
  customer: [
    { id: "cus_1", name: "Ada\n]\n}", metadata: { list: ":[", end: "," } },
    { id: "cus_2", name: null },
  ],
  price: [],
  'a "table"': [{ id: "]" }],
};

test("a row is a line, the whole is JSON, and only its owner reads it", () => {
  writeState(file, state);
  const text = readFileSync(file, "utf8");
  expect(JSON.parse(text)).toEqual(state);
  expect(text.split("\n")).toContain('{"id":"cus_2","name":null}');
  expect(readJson(file)).toEqual(state);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a table may be without rows", () => {
  writeState(file, { customer: [] });
  expect(readJson(file)).toEqual({ customer: [] });
});

test("what is longer than one chunk is read as it was, letters of several bytes included", () => {
  const rows = Array.from({ length: 5000 }, (_, number) => ({
    id: `x_${number}`,
    text: "aä€😀".repeat(number % 97),
  }));
  writeState(file, { long: rows });
  expect(statSync(file).size).toBeGreaterThan(2 * 1024 * 1024);
  expect(readJson(file)).toEqual({ long: rows });
});

test.each([JSON.stringify(state), JSON.stringify(state, null, 2), "[1]", '{\n"a": 1\n}'])(
  "a file that was written in another way is read as well: %j",
  (text) => {
    writeFileSync(file, text);
    expect(readJson(file)).toEqual(JSON.parse(text));
  },
);

test.each(["", "{", '{\n"customer":[\n{"id":"cus_1"}', '{\n"customer":[\n{"id":\n]\n}\n', "no JSON"])(
  "a file that is broken is refused: %j",
  (text) => {
    writeFileSync(file, text);
    expect(() => readJson(file)).toThrow();
  },
);
