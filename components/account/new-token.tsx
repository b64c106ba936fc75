"use client";

import { useActionState, useState } from "react";
import { SCOPES } from "@/lib/auth/scopes";
import { DEFAULT_LIFETIME, LIFETIMES, scopeField, tickedScopes } from "@/lib/auth/token-form";
import { emptyForm, type FormState } from "@/lib/form";
import { buttonClass } from "../ui/button";
import { CheckFields } from "../ui/check-fields";
import { Field } from "../ui/field";
import { Notice } from "../ui/notice";
import { SelectField } from "../ui/select-field";
import { SubmitButton } from "../ui/submit-button";
import { SCOPE_WORDS } from "./scope-words";

type TokenState = FormState & { token?: string };
type Props = { action: (state: TokenState, formData: FormData) => Promise<TokenState> };

export function NewToken({ action }: Props) {
  const [state, submit] = useActionState<TokenState, FormData>(action, emptyForm);
  const ticked = tickedScopes(state.values);
  return (
    <>
      {state.token && <Fresh token={state.token} />}
      <form action={submit} noValidate className="grid max-w-md gap-5">
        {state.message && <Notice alert>{state.message}</Notice>}
        <Field
          label="Name"
          name="name"
          hint="Which program is it for?"
          autoComplete="off"
          defaultValue={state.values.name}
          error={state.errors.name}
          required
        />
        <CheckFields
          legend="The program may"
          options={SCOPES.map((scope) => ({
            name: scopeField(scope),
            words: SCOPE_WORDS[scope],
            isChecked: ticked.includes(scope),
          }))}
          error={state.errors.scope}
        />
        <SelectField
          label="It works for"
          name="lifetime"
          options={LIFETIMES.map((days) => [days, days ? `${days} days` : "as long as you do not revoke it"])}
          defaultValue={state.values.lifetime ?? DEFAULT_LIFETIME}
          error={state.errors.lifetime}
        />
        <SubmitButton className="justify-self-start">Make a token</SubmitButton>
      </form>
    </>
  );
}

function Fresh({ token }: { token: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="pb-8">
      <Notice alert>
        <p>Here is your new token. We keep no copy of it, so this is the only time you see it.</p>
        <div className="flex flex-wrap items-center gap-x-4 pt-2">
          <code className="select-all font-mono text-sm [overflow-wrap:anywhere]">{token}</code>
          <button
            type="button"
            onClick={() => navigator.clipboard.writeText(token).then(() => setCopied(true))}
            className={buttonClass("quiet", "cursor-pointer noscript:hidden")}
          >
            {copied ? "Copied" : "Copy"}
          </button>
        </div>
      </Notice>
    </div>
  );
}
