import { describe, expect, it } from "vitest";
import { refuseActionCall } from "./action-call";

/** The calls that may reach React's decoder; a browser's real ones are in e2e/, with JavaScript and without. */

const ID = "60ba873a53cd46e0ea67ad50b4bd2bf1d41069ea2b";
const STATE = '[{"values":{},"errors":{}},"$K1"]';

const statusOf = async (body: BodyInit, headers: Record<string, string> = {}) =>
  (await refuseActionCall(new Request("http://shop.test/login", { method: "POST", body, headers })))
    ?.status ?? null;

const formOf = (fields: [string, string | Blob][]) => {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
};

const called = (...fields: [string, string | Blob][]) => statusOf(formOf(fields), { "Next-Action": ID });
const withText = (text: string) =>
  statusOf(text, { "Next-Action": ID, "Content-Type": "text/plain;charset=UTF-8" });
const plain = (...fields: [string, string | Blob][]) => statusOf(formOf(fields));

describe("a call by React", () => {
  it("passes with the form it was called with, whatever was typed", async () => {
    expect(await called(["_1_email", "$1"], ["_1_$ACTION_KEY", "k"], ["0", STATE])).toBe(null);
    expect(await called(["_1_email", "0"], ["_1_email", "again"], ["0", '["$K1"]'])).toBe(null);
  });

  it.each([["[]"], ['[null,1,true,"x",{"a":[{"b":"$$1"}]},"$undefined"]']])(
    "passes with plain arguments: %s",
    async (text) => expect(await withText(text)).toBe(null),
  );

  it.each([
    ...["", "[", "null", "{}", '"$K1"', "1"],
    ...['["$1"]', '["$@1"]', '["$F1"]', '["$B1"]', '["$Q1"]', '["$1:__proto__:then"]', '["$K"]', '["$n1"]'],
    ...['[{"deep":[{"er":"$@0"}]}]', '["$undefined1"]', '["$"]'],
  ])("is refused with what no form holds: %s", async (text) => {
    expect(await withText(text)).toBe(400);
    expect(await called(["_1_email", "x"], ["0", text])).toBe(400);
  });

  it("is refused with anything else beside its arguments and its form", async () => {
    const state: [string, string] = ["0", STATE];
    expect(await called(["_1_email", "x"]), "no arguments").toBe(400);
    expect(await called(state, state), "arguments twice").toBe(400);
    expect(await called(["1", '"x"'], state), "a value that another may name").toBe(400);
    expect(await called(["", "x"], state), "a name that counts as zero").toBe(400);
    expect(await called(["_1_email", new Blob(["x"])], state), "a file").toBe(400);
  });

  it("is refused with a body that is not what its type says", async () => {
    for (const type of ["multipart/form-data", "multipart/form-data; boundary=x"])
      expect(await statusOf("0", { "Next-Action": ID, "Content-Type": type })).toBe(400);
  });

  it("is refused with a text that has a type of its own", async () => {
    const head = 'Content-Disposition: form-data; name="0"\r\nContent-Type: application/octet-stream';
    const body = `--x\r\n${head}\r\n\r\n${STATE}\r\n--x--\r\n`;
    const type = "multipart/form-data; boundary=x";
    expect(await statusOf(body, { "Next-Action": ID, "Content-Type": type })).toBe(400);
  });
});

describe("a form sent without JavaScript", () => {
  const REFERENCE: [string, string][] = [
    ["$ACTION_REF_1", ""],
    ["$ACTION_1:0", `{"id":"${ID}","bound":"$@1"}`],
    ["$ACTION_1:1", '[{"values":{},"errors":{}}]'],
    ["$ACTION_KEY", "k"],
  ];

  it("passes, by the id of its action or with a state", async () => {
    expect(await plain([`$ACTION_ID_${ID}`, ""], ["email", "$@1"])).toBe(null);
    expect(await plain(...REFERENCE, ["email", "x"])).toBe(null);
  });

  it.each([
    ["$ACTION_1:0", `{"id":"${ID}","bound":"$@0"}`],
    ["$ACTION_1:0", `{"id":"${ID}","bound":null,"x":"$1"}`],
    ["$ACTION_1:1", '["$@1"]'],
    ["$ACTION_1:1", "{}"],
  ])("is refused with %s = %s", async (name, value) => {
    const fields = REFERENCE.map((field): [string, string] => (field[0] === name ? [name, value] : field));
    expect(await plain(...fields)).toBe(400);
  });

  it.each(["$ACTION_1:0", "$ACTION_1:1"])("is refused without %s", async (name) => {
    expect(await plain(...REFERENCE.filter((field) => field[0] !== name))).toBe(400);
  });
});

it("what is too large is told as that", async () => {
  expect(await withText(JSON.stringify(["x".repeat(2 ** 20)]))).toBe(413);
});

it("what calls no action is nobody's business here", async () => {
  expect(await statusOf("[", { "Content-Type": "text/plain" })).toBe(null);
  expect(await statusOf("a=$1", { "Content-Type": "application/x-www-form-urlencoded" })).toBe(null);
});
