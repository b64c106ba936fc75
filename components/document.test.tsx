import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { element, elements, links, render, textOf } from "@/test/support/render";
import { Anvil } from "./anvil";
import { Brand } from "./brand";
import { Document } from "./document";
import { SiteFooter } from "./site-footer";
import { SiteHeader } from "./site-header";
import { siteMetadata, siteViewport } from "./site-metadata";
import { StripeJs } from "./stripe-js";
import { OwnPlanMark, ViewerLink } from "./viewer";

// Next's compiler puts the fonts into the page; there is nothing to run without it.
vi.mock("next/font/local", () => ({ default: () => ({ variable: "the-sans" }) }));

describe("Document", () => {
  it("has a language, its fonts, and a way past the header to the content", async () => {
    const html = await render(
      <Document account={<a href="/account">Account</a>}>
        <p>The page.</p>
      </Document>,
    );
    expect(html).toMatch(/^<!DOCTYPE html><html lang="en" class="the-sans">/);
    expect(links(html)).toEqual([
      "Skip to the content → #main",
      "TitanForge → /",
      "Pricing → /pricing",
      "Account → /account",
      "Prices → /pricing",
      "Your account → /account",
    ]);
    expect(element(html, "main")).toMatchObject({
      text: "The page.",
      attributes: { id: "main", tabindex: "-1" },
    });
  });

  it("is called by its page, and by what the shop sells where the page has no name", () => {
    expect(siteMetadata.title).toEqual({
      default: "TitanForge: hosted AI by the month, small features by the piece",
      template: "%s · TitanForge",
    });
    expect(siteMetadata.description).toBe(
      "Two plans that put hosted AI into your product, and a small feature designed, built and shipped for a fixed price.",
    );
  });

  it("colours the browser by day and by night as app/globals.css colours the page", () => {
    expect(siteViewport).toEqual({
      colorScheme: "light dark",
      themeColor: [
        { media: "(prefers-color-scheme: light)", color: "#f3f4f1" },
        { media: "(prefers-color-scheme: dark)", color: "#111315" },
      ],
    });
  });
});

describe("SiteHeader and SiteFooter", () => {
  it("tell their navigations apart", async () => {
    const header = await render(<SiteHeader>Somebody</SiteHeader>);
    expect(element(header, "nav")).toMatchObject({
      attributes: { "aria-label": "Main" },
      text: "PricingSomebody",
    });
    const footer = await render(<SiteFooter />);
    expect(element(footer, "nav").attributes["aria-label"]).toBe("Footer");
    expect(elements(footer, "p").map(({ text }) => text)).toEqual([
      "TitanForge",
      "Payments are taken by Stripe on its own page. Your card number never reaches us. Prices are in US dollars.",
    ]);
  });
});

describe("the drawings", () => {
  it("are one: the mark in the header is the icon in the tab", async () => {
    const shapes = (svg: string) => elements(svg, "path").map(({ attributes }) => attributes.d);
    const icon = await readFile("public/icon.svg", "utf8");
    expect(shapes(await render(<Brand />))).toEqual(shapes(icon));
    expect(shapes(icon)).toHaveLength(2);
  });

  it("are hidden from screen readers, which read the name beside the mark", async () => {
    const brand = await render(<Brand />);
    expect(brand).toMatch(/<svg [^>]*aria-hidden="true"/);
    expect(textOf(brand)).toBe("TitanForge");
    const anvil = await render(<Anvil className="w-full" />);
    expect(anvil).toMatch(/^<svg [^>]*aria-hidden="true" class="w-full"/);
    // The list beside it explains the letters: the horn at the left, the piece on top, the face at the right.
    const callouts = elements(anvil, "text").map(({ attributes, text }) => [text, Number(attributes.x)]);
    expect(callouts).toEqual([
      ["a", 112],
      ["c", 348],
      ["b", 542],
    ]);
    const dots = elements(anvil, "circle").filter(({ attributes }) => attributes.r === "3");
    expect(dots.map(({ attributes }) => attributes.cx)).toEqual(["112", "348", "542"]);
  });
});

describe("what waits for the browser", () => {
  it("is the same for every visitor: a way to sign in, no plan of their own, no script of Stripe's", async () => {
    const html = await render(<ViewerLink />);
    expect(element(html, "a").attributes.href).toBe("/login");
    const offer = { name: "Pro", plan: "pro", family: "aiaas", interval: "month", intervalCount: 1 };
    expect(html).toMatch(/<span class="">Sign in<\/span><span class="invisible">Account<\/span>/);
    expect(textOf(await render(<OwnPlanMark offer={offer} />))).toBe("");
    expect(await render(<StripeJs publishableKey="pk_test_1" />)).toBe("");
  });
});
