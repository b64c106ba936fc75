import { describe, expect, it } from "vitest";
import { render, textOf } from "@/test/support/render";
import { AccountNotice } from "./account-notice";

const said = async (word: string | string[] | undefined, plan?: string) =>
  textOf(await render(<AccountNotice word={word} plan={plan} />));

describe("AccountNotice", () => {
  it.each([
    [
      "already-subscribed",
      "You already have AIaaS Pro. Change it here, under Manage billing, instead of buying a second one. Nothing was charged.",
    ],
    [
      "currency-mismatch",
      "That plan is sold in another currency than the one you are billed in, and a customer is billed in one currency only. Nothing was charged.",
    ],
    [
      "checkout-in-progress",
      "Another checkout of yours is being opened or paid at this moment, so this one was not begun. Try again shortly.",
    ],
    [
      "too-many-checkouts",
      "You began so many checkouts in a few minutes that this one was not begun. Try again in a quarter of an hour. Nothing was charged.",
    ],
    [
      "too-many-visits",
      "You opened the billing page so often in a few minutes that it was not opened once more. Try again in a quarter of an hour.",
    ],
    [
      "nothing-to-manage",
      "Your billing account was deleted, so there is nothing to manage any more. Choose a plan to begin anew.",
    ],
  ])("says what %s means, aloud", async (word, sentence) => {
    expect(await said(word, "AIaaS Pro")).toBe(sentence);
    expect(await render(<AccountNotice word={word} plan="AIaaS Pro" />)).toContain('role="alert"');
  });

  it("says so, too, when the plan's name is not known", async () => {
    expect(await said("already-subscribed")).toContain("You already have a plan.");
  });

  it("says nothing to any other word", async () => {
    for (const odd of [undefined, "", "already", "constructor", "toString", ["already-subscribed", "x"]])
      expect(await said(odd, "AIaaS Pro")).toBe("");
  });
});
