import { connection } from "next/server";
import { expect, it, vi } from "vitest";
import { element, links, render, textOf } from "@/test/support/render";
import GlobalError from "./global-error";
import GlobalNotFound, { metadata, viewport } from "./global-not-found";

// Next waits for a request there, and there is none.
vi.mock("next/server", () => ({ connection: vi.fn(async () => {}) }));
// Next's compiler puts the fonts into the page; there is nothing to run without it.
vi.mock("next/font/local", () => ({ default: () => ({ variable: "the-sans" }) }));

it("an address that no route answers has a whole page of its own, rendered for its request", async () => {
  const html = await render(await GlobalNotFound());
  expect(connection).toHaveBeenCalledOnce();
  expect(metadata.title).toBe("Not found · TitanForge");
  expect(viewport.colorScheme).toBe("light dark");
  expect(html).toMatch(/^<!DOCTYPE html><html lang="en"/);
  expect(element(html, "h1").text).toBe("Not in the catalogue.");
  expect(links(html)).toContain("Sign inAccount → /login");
});

it("a sheet that cannot be printed is replaced by one that asks nobody who is here", async () => {
  const html = await render(<GlobalError retry={() => {}} />);
  expect(html).toMatch(/^<!DOCTYPE html><html lang="en"/);
  expect(element(html, "title").text).toBe("Something broke · TitanForge");
  expect(element(html, "h1").text).toBe("Something broke on our side.");
  expect(element(html, "button").text).toBe("Try again");
  expect(textOf(html)).not.toContain("Sign in");
});
