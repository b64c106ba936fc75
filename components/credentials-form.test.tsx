import { describe, expect, it } from "vitest";
import type { FormState } from "@/lib/form";
import { element, elements, fieldOf, fieldsOf, render, textOf } from "@/test/support/render";
import { renderAnswered, serverAction } from "@/test/support/server-action";
import { CredentialsForm } from "./credentials-form";

const action = serverAction(async (state: FormState) => state, "the-action");

/** Without React's own. */
const fields = (html: string) => fieldsOf(html).filter(({ name }) => !name?.startsWith("$"));
const labels = (html: string) =>
  elements(html, "label").map(({ attributes, text }) => `${text} of ${attributes.for}`);

describe("CredentialsForm", () => {
  it("asks somebody who returns for e-mail and password", async () => {
    const html = await render(<CredentialsForm action={action} kind="login" />);
    expect(labels(html)).toEqual(["Email of email", "Password of password"]);
    expect(fields(html)).toMatchObject([
      { id: "email", name: "email", type: "email", autoComplete: "username", required: "" },
      { id: "password", name: "password", type: "password", autoComplete: "current-password", required: "" },
    ]);
    expect(textOf(html).split("\n")).toEqual(["Email", "Password", "Show what I typed", "Sign in"]);
    expect(element(html, "form").attributes).toMatchObject({ action: "the-action", noValidate: "" });
  });

  it("asks somebody new for a name too, and for a password that is new", async () => {
    const html = await render(<CredentialsForm action={action} kind="register" />);
    expect(labels(html)).toEqual(["Name of name", "Email of email", "Password of password"]);
    expect(fields(html)).toMatchObject([
      { name: "name", autoComplete: "name", required: "" },
      { name: "email", type: "email", autoComplete: "email", required: "" },
      { name: "password", autoComplete: "new-password", "aria-describedby": "password-note" },
    ]);
    expect(textOf(html)).toContain("At least 12 characters");
    expect(textOf(html)).toContain("Create account");
  });

  it("carries what the person wanted", async () => {
    const html = await render(
      <CredentialsForm action={action} kind="login" next="/account/tokens" productId="product-1" />,
    );
    expect(fieldOf(html, "next")).toMatchObject({ type: "hidden", value: "/account/tokens" });
    expect(fieldOf(html, "product_id")).toMatchObject({ type: "hidden", value: "product-1" });
    const going = await render(<CredentialsForm action={action} kind="login" next="/account" />);
    expect(fieldOf(going, "next")).toMatchObject({ value: "/account" });
    expect(fieldOf(going, "product_id")).toBeUndefined();
    const buying = await render(<CredentialsForm action={action} kind="login" productId="product-1" />);
    expect(fieldOf(buying, "next")).toBeUndefined();
    expect(fieldOf(buying, "product_id")).toMatchObject({ value: "product-1" });
  });

  it("shows beside each field what is wrong with it, and keeps what was typed", async () => {
    const state = {
      values: { name: "Ada", email: "ada@" },
      errors: { name: "The name is odd.", email: "The address is odd.", password: "The password is short." },
      message: "Nothing was sent.",
    };
    const html = await renderAnswered(
      <CredentialsForm action={action} kind="register" />,
      "the-action",
      state,
    );
    expect(fieldOf(html, "name")).toMatchObject({
      value: "Ada",
      "aria-invalid": "true",
      "aria-describedby": "name-note",
    });
    expect(fieldOf(html, "email")).toMatchObject({
      value: "ada@",
      "aria-invalid": "true",
      "aria-describedby": "email-note",
    });
    const password = fieldOf(html, "password");
    expect(password).toMatchObject({ "aria-invalid": "true", "aria-describedby": "password-note" });
    expect(password).not.toHaveProperty("value");
    for (const [name, error] of Object.entries(state.errors))
      expect(html).toMatch(new RegExp(`<p id="${name}-note"[^>]*>${error}</p>`));
    expect(html).not.toContain("At least 12 characters");
    expect(html).toMatch(/<div role="alert"[^>]*>Nothing was sent\.<\/div>/);
  });
});
