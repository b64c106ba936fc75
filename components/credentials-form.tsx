"use client";

import { useActionState, useEffect, useRef } from "react";
import { emptyForm, type FormState } from "@/lib/form";
import { Field } from "./ui/field";
import { Notice } from "./ui/notice";
import { PasswordField } from "./ui/password-field";
import { SubmitButton } from "./ui/submit-button";

type Props = {
  action: (state: FormState, formData: FormData) => Promise<FormState>;
  kind: "login" | "register";
  /** The person's aim before we asked who they are. */
  next?: string;
  productId?: string;
};

export function CredentialsForm({ action, kind, next, productId }: Props) {
  const [{ values, errors, message }, submit] = useActionState(action, emptyForm);
  const isNew = kind === "register";
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (Object.keys(errors).length > 0) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [errors]);

  return (
    // The server answers beside each field; the browser's own bubbles would hide that.
    <form ref={form} action={submit} noValidate className="grid gap-5">
      {message && <Notice alert>{message}</Notice>}
      {next && <input type="hidden" name="next" value={next} />}
      {productId && <input type="hidden" name="product_id" value={productId} />}
      {isNew && (
        <Field
          label="Name"
          name="name"
          autoComplete="name"
          defaultValue={values.name}
          error={errors.name}
          required
        />
      )}
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete={isNew ? "email" : "username"}
        defaultValue={values.email}
        error={errors.email}
        required
      />
      <PasswordField
        autoComplete={isNew ? "new-password" : "current-password"}
        hint={isNew ? "At least 12 characters" : undefined}
        error={errors.password}
      />
      <SubmitButton className="mt-2">{isNew ? "Create account" : "Sign in"}</SubmitButton>
    </form>
  );
}
