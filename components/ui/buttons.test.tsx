import { describe, expect, it } from "vitest";
import { classesOf, element, links, render } from "@/test/support/render";
import { ButtonLink, buttonClass } from "./button";
import { SubmitButton } from "./submit-button";

describe("SubmitButton", () => {
  it("sends its form, and is not busy before it was pressed", async () => {
    const html = await render(<SubmitButton className="w-full">Buy</SubmitButton>);
    const button = element(html, "button");
    expect(button).toMatchObject({ text: "Buy", attributes: { type: "submit", "aria-busy": "false" } });
    expect(classesOf(button)).toEqual(expect.arrayContaining(["w-full", "bg-ink", "cursor-pointer"]));
    expect(classesOf(button)).not.toContain("heating");
  });

  it("passes on what a button can have, but stays one that submits", async () => {
    const html = await render(
      <SubmitButton look="outline" name="choice" value="a" type="button" disabled>
        Take
      </SubmitButton>,
    );
    expect(element(html, "button").attributes).toMatchObject({
      type: "submit",
      name: "choice",
      value: "a",
      disabled: "",
      class: expect.stringContaining("border-edge"),
    });
  });
});

describe("ButtonLink and buttonClass", () => {
  it.each([
    ["solid", "bg-ink"],
    ["outline", "border-edge"],
    ["quiet", "link"],
  ] as const)("%s is %s", async (look, mark) => {
    expect(buttonClass(look).split(" ")).toContain(mark);
    const html = await render(
      <ButtonLink look={look} href="/there" className="mt-6" rel="next">
        There
      </ButtonLink>,
    );
    expect(links(html)).toEqual(["There → /there"]);
    expect(element(html, "a").attributes.rel).toBe("next");
    expect(classesOf(element(html, "a"))).toEqual(expect.arrayContaining([mark, "mt-6"]));
  });

  it("is solid unless it is said otherwise", async () => {
    expect(classesOf(element(await render(<ButtonLink href="/">Home</ButtonLink>), "a"))).toContain("bg-ink");
  });
});
