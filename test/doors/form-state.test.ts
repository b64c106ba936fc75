import { describe, expect, it } from "vitest";
import { z } from "zod";
import { emptyForm, fieldsOf, parseForm, withError } from "@/lib/form";

/** A form's fields as they arrive, and as it shows them when it is sent back. */

const formOf = (...fields: [string, string | Blob][]) => {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
};

const schema = z.object({
  name: z
    .string()
    .trim()
    .min(2, "is too short")
    .regex(/^[a-z]+$/, "has more than letters"),
  email: z.email("is no address"),
  password: z.string().min(3, "is no password"),
});

describe("fieldsOf", () => {
  it("keeps what was typed as it was, but for NULs", () => {
    const form = formOf(["name", "  A\0d\0a "], ["empty", ""], ["a$b", "$1"], ["0", "zero"]);
    expect(fieldsOf(form)).toEqual({ name: "  Ada ", empty: "", a$b: "$1", "0": "zero" });
  });

  it("takes the last of several", () => {
    expect(fieldsOf(formOf(["name", "first"], ["name", "last"]))).toEqual({ name: "last" });
  });

  it("leaves out files and whatever begins with a dollar", () => {
    expect(fieldsOf(formOf(["$", "x"], ["$ACTION_KEY", "x"], ["file", new Blob(["x"])]))).toEqual({});
  });
});

describe("parseForm", () => {
  it("gives what the schema makes of it, and for the form what was typed, without the password", () => {
    const form = formOf(
      ["name", " ada "],
      ["email", "ada@example.com"],
      ["password", "secret"],
      ["more", "x"],
    );
    expect(parseForm(schema, form)).toEqual({
      data: { name: "ada", email: "ada@example.com", password: "secret" },
      state: { values: { name: " ada ", email: "ada@example.com", more: "x" }, errors: {} },
    });
  });

  it("says the first thing that is wrong beside each field, and keeps no password either", () => {
    const form = formOf(["name", "1"], ["email", "ada"], ["password", "pw"]);
    expect(parseForm(schema, form)).toEqual({
      data: null,
      state: {
        values: { name: "1", email: "ada" },
        errors: { name: "is too short", email: "is no address", password: "is no password" },
      },
    });
  });

  it("says only what is wrong", () => {
    const form = formOf(["name", "ada"], ["email", "ada"], ["password", "secret"]);
    expect(parseForm(schema, form).state.errors).toEqual({ email: "is no address" });
  });
});

describe("withError", () => {
  const state = { values: { name: "Ada" }, errors: { name: "is taken" }, message: "Try again." };

  it("adds one error, and changes nothing that it was given", () => {
    expect(withError(state, "email", "is no address")).toEqual({
      values: { name: "Ada" },
      errors: { name: "is taken", email: "is no address" },
      message: "Try again.",
    });
    expect(state.errors).toEqual({ name: "is taken" });
  });

  it("replaces the error of the same field", () => {
    expect(withError(state, "name", "is too long").errors).toEqual({ name: "is too long" });
  });
});

it("a form that was not sent yet shows nothing", () => {
  expect(emptyForm).toEqual({ values: {}, errors: {} });
});
