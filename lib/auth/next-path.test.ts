import { describe, expect, it } from "vitest";
import { toNextPath } from "./next-path";

describe("toNextPath", () => {
  it.each(["/", "/account/tokens", "/success?session_id=cs_1", "/pricing#pro"])("keeps %s", (path) => {
    expect(toNextPath(path)).toBe(path);
  });
  it.each([
    undefined,
    "",
    "account",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https://evil.example",
    "/a\nb",
  ])("answers %j with the account", (path) => {
    expect(toNextPath(path)).toBe("/account");
  });
});
