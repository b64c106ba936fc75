import type { z } from "zod";

/** The state of a form after it was sent: everything typed except passwords, and what is wrong beside its field. */
export interface FormState {
  values: Record<string, string>;
  errors: Record<string, string>;
  /** The fault of the whole, if it is not one field's. */
  message?: string;
}

export const emptyForm: FormState = { values: {}, errors: {} };

type Parsed<T> = { data: T; state: FormState } | { data: null; state: FormState };

/**
 * The fields of a form, without React's own. Anybody can call an action, with anything in a form's place; no
 * browser sends a NUL, and no text of Postgres' can hold one.
 */
export const fieldsOf = (form: unknown): Record<string, string> =>
  form instanceof FormData
    ? Object.fromEntries(
        [...form].flatMap(([name, value]) =>
          typeof value === "string" && !name.startsWith("$") ? [[name, value.replaceAll("\0", "")]] : [],
        ),
      )
    : {};

/** @returns `data` null when a field is wrong; `state` is what the form shows if the action fails later. */
export function parseForm<Schema extends z.ZodType>(schema: Schema, form: FormData): Parsed<z.infer<Schema>> {
  const fields = fieldsOf(form);
  const { password: _, ...values } = fields;
  const result = schema.safeParse(fields);
  if (result.success) return { data: result.data, state: { values, errors: {} } };
  const errors: Record<string, string> = {};
  for (const issue of result.error.issues) errors[String(issue.path[0])] ??= issue.message;
  return { data: null, state: { values, errors } };
}

export const withError = (state: FormState, field: string, error: string): FormState => ({
  ...state,
  errors: { ...state.errors, [field]: error },
});
