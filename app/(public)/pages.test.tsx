import { describe, expect, it, vi } from "vitest";
import { elements, links, render, textOf } from "@/test/support/render";
import CancelPage, { metadata as cancel } from "./cancel/page";
import Failure from "./error";
import PublicLayout, { metadata, viewport } from "./layout";
import NotFound, { metadata as notFound } from "./not-found";
import HomePage from "./page";

// Next's compiler puts the fonts into the page; there is nothing to run without it.
vi.mock("next/font/local", () => ({ default: () => ({ variable: "the-sans" }) }));

describe("/", () => {
  it("names what is sold with its first price, each by the letter that it has on the drawing", async () => {
    const html = await render(<HomePage />);
    expect(elements(html, "h1").map(({ text }) => text)).toEqual([
      "Hosted AI by the month.\nSmall features by the piece.",
    ]);
    expect(elements(html, "h3").map(({ text }) => text)).toEqual([
      "aAIaaS Starter$19 a month",
      "bAIaaS Pro$99 a month",
      "cMicro-Feature Development$499 once",
      "Choose1",
      "Sign in2",
      "Pay at Stripe3",
      "Look after it4",
      "What you can click, your program can call.",
    ]);
    expect(elements(html, "text").map(({ text }) => text)).toEqual(["a", "c", "b"]);
    const parts = elements(html, "p").map(({ text }) => text.split(".")[0]);
    expect(parts).toEqual(
      expect.arrayContaining([
        "The horn, for light work",
        "The face, for the daily load",
        "The piece, made to order",
      ]),
    );
    expect(parts.indexOf("The horn, for light work")).toBeLessThan(
      parts.indexOf("The face, for the daily load"),
    );
    expect(textOf(html)).toContain(
      "The horn, for light work. Hosted AI features for one product: we run the models, you call one endpoint.",
    );
  });

  it("leads to the prices and to an account, and tells programs the call", async () => {
    const html = await render(<HomePage />);
    expect(links(html)).toEqual([
      "See prices → /pricing",
      "Create an account → /register",
      "All prices, by the month and by the year → /pricing",
    ]);
    expect(elements(html, "code")[0]?.text.split("\n")).toEqual([
      "POST /api/v1/create-checkout-session",
      "Authorization: Bearer $TOKEN",
      "Content-Type: application/json",
      '{"product_id": "$PRODUCT"}',
    ]);
  });
});

describe("/cancel", () => {
  it("says that nothing was charged, and leads back", async () => {
    expect(cancel.title).toBe("Checkout left");
    const html = await render(<CancelPage />);
    expect(textOf(html).split("\n").slice(0, 2)).toEqual([
      "Nothing was charged.",
      "You left Checkout before paying. The prices are where you left them, whenever you want to come back.",
    ]);
    expect(links(html)).toEqual(["See prices → /pricing", "Your account → /account"]);
  });
});

describe("the public sheet", () => {
  it("is the same for everybody, and may be found by search engines", async () => {
    const html = await render(<PublicLayout>The page.</PublicLayout>);
    expect(elements(html, "main")[0]?.text).toBe("The page.");
    expect(links(html)).toContain("Sign inAccount → /login");
    expect(metadata).not.toHaveProperty("robots");
    expect(metadata.title).toMatchObject({ template: "%s · TitanForge" });
    expect(viewport.colorScheme).toBe("light dark");
  });

  it("has a page for what is not there and one for what broke", async () => {
    expect(notFound.title).toBe("Not found");
    expect(textOf(await render(<NotFound />))).toContain("Not in the catalogue.");
    expect(textOf(await render(<Failure retry={() => {}} />))).toContain("Something broke on our side.");
  });
});
