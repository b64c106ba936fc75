import { afterAll, beforeAll, expect, it } from "vitest";
import { env } from "@/env";
import { isAllowedRedirect, ownCancelUrl, ownSuccessUrl } from "@/lib/billing/checkout/redirects";

/** Checkout may send a person back to this shop's origin and the listed ones, each to the port. */

const { APP_URL, ALLOWED_REDIRECT_ORIGINS } = env;
beforeAll(() => {
  env.APP_URL = "https://shop.example";
  env.ALLOWED_REDIRECT_ORIGINS = [
    "https://partner.example:8443",
    "http://localhost:3000",
    "http://127.0.0.1:3000",
    "http://[::1]:3000",
    "http://plain.example",
  ];
});
afterAll(() => void Object.assign(env, { APP_URL, ALLOWED_REDIRECT_ORIGINS }));

it.each([
  "https://shop.example",
  "https://shop.example/",
  "https://shop.example/a/b?c=d#e",
  "https://shop.example?session_id={CHECKOUT_SESSION_ID}",
  "https://shop.example/success?next=https%3A%2F%2Fevil.example%2F",
  // The port that https has anyway, and letters that an origin does not distinguish.
  "https://shop.example:443/",
  "HTTPS://SHOP.example/",
  "https://partner.example:8443/",
  "http://localhost:3000/",
  "http://127.0.0.1:3000/",
  "http://[::1]:3000/",
])("allows %s", (url) => expect(isAllowedRedirect(url)).toBe(true));

it.each([
  ["another port", "https://shop.example:8443/"],
  ["http's port", "https://shop.example:80/"],
  ["a port that begins like the listed one", "https://partner.example:84430/"],
  ["a listed origin without its port", "https://partner.example/"],
  ["another port of this machine", "http://localhost:3001/"],
  ["this machine without a port", "http://localhost/"],
  ["another scheme", "http://shop.example/"],
  ["another scheme on https's port", "http://shop.example:443/"],
  ["https of a listed http", "https://localhost:3000/"],
  ["http of another machine, though it is listed", "http://plain.example/"],
  ["a subdomain", "https://www.shop.example/"],
  ["the domain above", "https://example/"],
  ["a host that ends alike", "https://evilshop.example/"],
  ["a host that begins alike", "https://shop.example.evil.example/"],
  ["a host with a dot at its end", "https://shop.example./"],
  ["a user", "https://ada@shop.example/"],
  ["a user and a password", "https://ada:secret@shop.example/"],
  ["a password alone", "https://:secret@shop.example/"],
  ["the shop as a user of somebody else", "https://shop.example@evil.example/"],
  ["the shop as a user and a password", "https://shop.example:443@evil.example/"],
  ["a backslash for a slash", "https:\\\\shop.example/"],
  ["a backslash after the host", "https://shop.example\\@evil.example/"],
  ["a backslash in the path", "https://shop.example/\\evil.example"],
  ["a backslash in the query", "https://shop.example/?a=\\"],
  ["a tab", "https://shop.example/\t"],
  ["a line feed", "https://shop.example/\n"],
  ["a carriage return", "https://shop.example/\r"],
  ["a NUL", "https://shop.example/\0"],
  ["a DEL", "https://shop.example/\u007f"],
  ["a space before", " https://shop.example/"],
  ["a space after", "https://shop.example/ "],
  ["a space within", "https://shop.example/a b"],
  ["a letter beyond ASCII", "https://shop.example/é"],
  ["a no-break space", "https://shop.example/\u00a0"],
  ["a full-width full stop", "https://shop\uff0eexample/"],
  ["a host in other letters", "https://ѕhop.example/"],
  ["a slash too many", "https:///shop.example/"],
  ["no slash", "https:shop.example/"],
  ["one slash", "https:/shop.example/"],
  ["no scheme", "//shop.example/"],
  ["no host", "/success"],
  ["nothing after the scheme", "https://"],
  ["a script", "javascript:alert(1)//https://shop.example/"],
  ["data", "data:text/html,https://shop.example/"],
  ["a file", "file://shop.example/"],
  ["a blob of this origin", "blob:https://shop.example/1"],
  ["a port that is none", "https://shop.example:99999/"],
  ["nothing", ""],
])("refuses %s: %j", (_, url) => expect(isAllowedRedirect(url)).toBe(false));

it("by itself it sends people to its own two pages, with Stripe's placeholder as Stripe wants it", () => {
  expect(ownSuccessUrl).toBe(`${APP_URL}/success?session_id={CHECKOUT_SESSION_ID}`);
  expect(ownCancelUrl).toBe(`${APP_URL}/cancel`);
});
