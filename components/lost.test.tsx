import type { ReactElement } from "react";
import { describe, expect, it, vi } from "vitest";
import { element, links, render, textOf } from "@/test/support/render";
import { Failure, Lost, NotFound } from "./lost";

describe("where a way ends", () => {
  it("shows two ways on", async () => {
    const html = await render(<Lost title="Nothing was charged.">You left.</Lost>);
    expect(element(html, "h1").text).toBe("Nothing was charged.");
    expect(textOf(html)).toContain("You left.");
    expect(links(html)).toEqual(["See prices → /pricing", "Your account → /account"]);
  });

  it("does not tell a page that is missing from one that is somebody else's", async () => {
    const html = await render(<NotFound />);
    expect(textOf(html).split("\n").slice(0, 2)).toEqual([
      "Not in the catalogue.",
      "There is no page at this address, or it belongs to somebody else’s account.",
    ]);
    expect(links(html)).toEqual(["See prices → /pricing", "Your account → /account"]);
  });

  it("offers another try after a failure, and the place that lists what was paid", async () => {
    const html = await render(<Failure retry={() => {}} />);
    expect(textOf(html).split("\n")).toEqual([
      "Something broke on our side.",
      "It was nothing you did. If you were about to pay, look into your account first: what has been paid is listed there.",
      "Try again",
      "Your account",
    ]);
    expect(element(html, "button").attributes.type).toBe("button");
    expect(links(html)).toEqual(["Your account → /account"]);
  });

  it("tries again what it was given", () => {
    const retry = vi.fn();
    const { action } = (Failure({ retry }) as ReactElement<{ action: ReactElement<{ onClick: () => void }> }>)
      .props;
    action.props.onClick();
    expect(retry).toHaveBeenCalledOnce();
  });
});
