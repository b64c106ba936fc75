import { describe, expect, it } from "vitest";
import { classesOf, element, elements, fieldsOf, render, textOf } from "@/test/support/render";
import { Field } from "./field";
import { PasswordField } from "./password-field";

describe("Field", () => {
  const read = async (props: Partial<Parameters<typeof Field>[0]>) => {
    const html = await render(<Field label="Town" name="town" {...props} />);
    return { html, input: fieldsOf(html)[0], note: elements(html, "p")[0] };
  };

  it("names its input, and says nothing more where there is nothing to say", async () => {
    const { html, input, note } = await read({ type: "search", defaultValue: "Sheffield" });
    expect(element(html, "label")).toMatchObject({ text: "Town", attributes: { for: "town" } });
    expect(input).toMatchObject({ id: "town", name: "town", type: "search", value: "Sheffield" });
    expect(input).not.toHaveProperty("aria-invalid");
    expect(input).not.toHaveProperty("aria-describedby");
    expect(note).toBeUndefined();
  });

  it("has a hint read with it", async () => {
    const { input, note } = await read({ hint: "Where steel comes from." });
    expect(input).toMatchObject({ "aria-describedby": "town-note" });
    expect(input).not.toHaveProperty("aria-invalid");
    expect(note).toMatchObject({ text: "Where steel comes from.", attributes: { id: "town-note" } });
    expect(note && classesOf(note)).toContain("text-iron");
  });

  it("is marked invalid, and the error takes the hint's place", async () => {
    const { html, input, note } = await read({ hint: "Where steel comes from.", error: "Too hot." });
    expect(input).toMatchObject({ "aria-invalid": "true", "aria-describedby": "town-note" });
    expect(note).toMatchObject({ text: "Too hot.", attributes: { id: "town-note" } });
    expect(note && classesOf(note)).toContain("text-ember");
    expect(html).not.toContain("Where steel");
  });

  it("holds what belongs inside the input", async () => {
    expect((await read({ children: <button type="button">Map</button> })).html).toMatch(
      /\/><button[^>]*>Map/,
    );
  });
});

describe("PasswordField", () => {
  it("hides what is typed until it is asked to show it", async () => {
    const html = await render(
      <PasswordField autoComplete="new-password" hint="Long is good." error={undefined} />,
    );
    expect(fieldsOf(html)[0]).toMatchObject({
      id: "password",
      name: "password",
      type: "password",
      autoComplete: "new-password",
      required: "",
      "aria-describedby": "password-note",
    });
    const button = element(html, "button");
    expect(button).toMatchObject({
      text: "Show what I typed",
      attributes: { type: "button", "aria-pressed": "false" },
    });
    // Without JavaScript the button could do nothing.
    expect(classesOf(button)).toContain("noscript:hidden");
    expect(textOf(html)).toBe("Password\nShow what I typed\nLong is good.");
  });

  it("shows its error", async () => {
    const html = await render(<PasswordField autoComplete="current-password" hint="Long." error="Short." />);
    expect(fieldsOf(html)[0]).toMatchObject({ "aria-invalid": "true", autoComplete: "current-password" });
    expect(textOf(html)).toContain("Short.");
  });
});
