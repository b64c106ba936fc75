import { describe, expect, it } from "vitest";
import type { FormState } from "@/lib/form";
import { element, elements, fieldOf, links, render, textOf } from "@/test/support/render";
import { renderAnswered, serverAction } from "@/test/support/server-action";
import { AccountFrame } from "./frame";
import { NewToken } from "./new-token";

describe("AccountFrame", () => {
  it.each([
    ["/account", ["page", undefined]],
    ["/account/tokens", [undefined, "page"]],
  ] as const)("marks %s as the page that is open", async (current, marks) => {
    const html = await render(
      <AccountFrame current={current} title="Ada">
        <p>The page.</p>
      </AccountFrame>,
    );
    expect(links(html)).toEqual(["Billing → /account", "Access tokens → /account/tokens"]);
    expect(elements(html, "a").map(({ attributes }) => attributes["aria-current"])).toEqual(marks);
    expect(element(html, "nav").attributes["aria-label"]).toBe("Account");
    expect(element(html, "h1").text).toBe("Ada");
    expect(textOf(html)).toMatch(/The page\.$/);
  });
});

describe("NewToken", () => {
  const action = serverAction(async (state: FormState) => state, "create-token");

  it("asks for a name", async () => {
    const html = await render(<NewToken action={action} />);
    expect(textOf(html)).toBe(
      "Name\nWhich program is it for?\nThe program may\nstart a checkout\nopen your billing page\nIt works for\n30 days\n90 days\n365 days\nas long as you do not revoke it\nMake a token",
    );
    expect(fieldOf(html, "name")).toMatchObject({
      id: "name",
      autoComplete: "off",
      required: "",
      "aria-describedby": "name-note",
    });
    expect(fieldOf(html, "name")).not.toHaveProperty("aria-invalid");
    expect(element(html, "form").attributes).toMatchObject({ action: "create-token", noValidate: "" });
  });

  it("begins with what every token could do of old, and with an end", async () => {
    const html = await render(<NewToken action={action} />);
    expect(ticked(html)).toEqual(["scope_checkout"]);
    expect(chosen(html)).toEqual(["90"]);
    expect(fieldOf(html, "scope_portal")).toMatchObject({ type: "checkbox" });
  });

  const ticked = (html: string) =>
    elements(html, "input")
      .filter(({ attributes }) => "checked" in attributes)
      .map(({ attributes }) => attributes.name);
  const chosen = (html: string) =>
    elements(html, "option")
      .filter(({ attributes }) => "selected" in attributes)
      .map(({ attributes }) => attributes.value);

  it("shows the token that was made, once, and reads it aloud", async () => {
    const html = await renderAnswered(<NewToken action={action} />, "create-token", {
      values: {},
      errors: {},
      token: "tf_secret",
    });
    expect(textOf(html).split("\n").slice(0, 3)).toEqual([
      "Here is your new token. We keep no copy of it, so this is the only time you see it.",
      "tf_secret",
      "Copy",
    ]);
    expect(element(html, "code").text).toBe("tf_secret");
    expect(html).toMatch(/<div role="alert"[^>]*><p>Here is your new token/);
  });

  it("shows what is wrong, and no token", async () => {
    const html = await renderAnswered(<NewToken action={action} />, "create-token", {
      values: { name: "  x", scope_portal: "on", lifetime: "30" },
      errors: { name: "The name is odd.", scope: "Choose.", lifetime: "Odd." },
      message: "Nothing was made.",
    });
    expect(fieldOf(html, "name")).toMatchObject({ value: "  x", "aria-invalid": "true" });
    expect(ticked(html)).toEqual(["scope_portal"]);
    expect(chosen(html)).toEqual(["30"]);
    expect(element(html, "fieldset").attributes).toMatchObject({ "aria-describedby": "scope_checkout-note" });
    expect(element(html, "select").attributes).toMatchObject({ "aria-describedby": "lifetime-note" });
    expect(textOf(html)).toBe(
      "Nothing was made.\nName\nThe name is odd.\nThe program may\nstart a checkout\nopen your billing page\nChoose.\nIt works for\n30 days\n90 days\n365 days\nas long as you do not revoke it\nOdd.\nMake a token",
    );
    expect(html).toMatch(/<div role="alert"[^>]*>Nothing was made/);
  });
});
