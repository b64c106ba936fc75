import { expect, it } from "vitest";
import { toNextPath } from "@/lib/auth/next-path";

/** The address of a sign-in says where it leads. Anybody can send one, and browsers read it in many ways. */

it.each([
  "/",
  "/account",
  "/account/",
  "/success?session_id=cs_1&x=%2F%2Fevil.example",
  "/pricing?to=https://evil.example",
  "/pricing#//evil.example",
  "/a//b",
  "/a:b@c",
])("%s is a path of ours", (path) => {
  expect(toNextPath(path)).toBe(path);
});

it.each([
  undefined,
  "",
  " ",
  " /account",
  "account",
  "?next=/",
  "#top",
  // Browsers take these for another site: two slashes of either kind, with or without what they leave out.
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "\\/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r\\evil.example",
  "//evil.example@site.invalid",
  // The parser's own base, spelt out.
  "//site.invalid/account",
  "http://site.invalid/account",
  "https://evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  // These would not arrive as they were written.
  "/a/../b",
  "/./a",
  "/a\u0000b",
  "/a b",
  "/ä",
  "/%2e%2e/b",
  "//[",
])("%j leads to the account", (path) => {
  expect(toNextPath(path)).toBe("/account");
});
