"use client";

import { useState } from "react";
import { Field } from "./field";

type Props = { autoComplete: "new-password" | "current-password"; hint?: string; error?: string };

export function PasswordField(field: Props) {
  const [shown, setShown] = useState(false);
  return (
    <Field {...field} label="Password" name="password" type={shown ? "text" : "password"} required>
      <button
        type="button"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute inset-y-0 right-0 min-w-16 cursor-pointer px-3.5 text-iron text-sm hover:text-ember noscript:hidden"
      >
        {shown ? "Hide" : "Show"}
        <span className="sr-only"> what I typed</span>
      </button>
    </Field>
  );
}
