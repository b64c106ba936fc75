import { expect, test } from "vitest";
import { parseForm } from "./form";

test.each<[string, unknown]>([
  ["a=1&b=2", { a: "1", b: "2" }],
  ["a=1&a=2", { a: "2" }],
  ["a", { a: "" }],
  ["a=b=c", { a: "b=c" }],
  ["&&a=1&", { a: "1" }],
  ["name=Ada+Lovelace%26Co", { name: "Ada Lovelace&Co" }],
  ["name=100%", { name: "100%" }],
  ["items[0][price]=p&items[0][quantity]=2", { items: { 0: { price: "p", quantity: "2" } } }],
  ["expand[]=a&expand[]=b", { expand: { 0: "a", 1: "b" } }],
  [
    "items[][price]=p&items[][quantity]=2&items[][price]=q",
    { items: { 0: { price: "p", quantity: "2" }, 1: { price: "q" } } },
  ],
  ["created%5Bgte%5D=5", { created: { gte: "5" } }],
  ["metadata[7]=seven&metadata[a.b]=c", { metadata: { 7: "seven", "a.b": "c" } }],
  ["a[b=1&a]=2&[c]=3", { "a[b": "1", "a]": "2", "[c]": "3" }],
  [`a${"[b]".repeat(10)}=1`, { [`a${"[b]".repeat(10)}`]: "1" }],
])("%s", (text, expected) => {
  expect(JSON.parse(JSON.stringify(parseForm(text)))).toEqual(expected);
});

test("names of an object's own are names like any other", () => {
  const form = parseForm("__proto__[x]=1&constructor=2&metadata[__proto__]=3");
  expect(Object.entries(form).map(([name]) => name)).toEqual(["__proto__", "constructor", "metadata"]);
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test.each(["a=1&a[b]=2", "a[b]=2&a=1", "a[b]=1&a[b][c]=2"])("%s is refused", (text) => {
  expect(() => parseForm(text)).toThrow("Invalid a: it is given both as a value and as a group.");
});
