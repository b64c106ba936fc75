import { describe, expect, it } from "vitest";
import { env } from "@/env";
import { isAllowedRedirect } from "./redirects";

const own = env.APP_URL;

describe("isAllowedRedirect", () => {
  it.each([`${own}/success?session_id={CHECKOUT_SESSION_ID}`, `${own}/`, own])("allows %s", (url) => {
    expect(isAllowedRedirect(url)).toBe(true);
  });
  it.each([
    "https://evil.example/",
    `${own}.evil.example/`,
    `${own}@evil.example/`,
    own.replace("://", "://user:pass@"),
    own.replace("http://", "//"),
    own.replace("http://", "https://"),
    `${own.replace(/:\d+$/, "")}:1/`,
    "javascript:alert(1)",
    `java\tscript:alert(1)`,
    `${own}\n/x`,
    own.replace("://", ":\\\\"),
    `${own}/\\evil.example`,
    "http://lоcalhost/",
    "http:///evil.example",
    "/success",
    "",
  ])("refuses %j", (url) => {
    expect(isAllowedRedirect(url)).toBe(false);
  });
});
