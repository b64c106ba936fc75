import { expect, it } from "vitest";
import { z } from "zod";
import { fieldsOf, parseForm } from "./form";

const schema = z.object({ name: z.string("Say a name.") });

it("a form's fields, without React's own, without files and without NULs", () => {
  const form = new FormData();
  form.append("name", "A\0da");
  form.append("$ACTION_ID_1", "");
  form.append("file", new Blob(["x"]), "x");
  expect(fieldsOf(form)).toEqual({ name: "Ada" });
});

it.each([undefined, null, "name=Ada", [["name", "Ada"]], { name: "Ada" }, new Map([["name", "Ada"]])])(
  "what is no form has no fields: %j",
  (input) => {
    const { data, state } = parseForm(schema, input as unknown as FormData);
    expect(data).toBeNull();
    expect(state.errors).toEqual({ name: "Say a name." });
  },
);
