import type { ComponentProps, ReactNode } from "react";

type Props = {
  label: string;
  name: string;
  hint?: string;
  error?: string;
  /** Stands inside the input, at its right end. */
  children?: ReactNode;
} & Omit<ComponentProps<"input">, "name" | "children">;

/** A label, its input, and beside it what to know and what went wrong. The name doubles as the id. */
export function Field({ label, name, hint, error, children, ...input }: Props) {
  const hintId = hint && `${name}-hint`;
  const errorId = error && `${name}-error`;
  return (
    <div>
      <label htmlFor={name} className="block pb-1.5 font-medium text-[0.9375rem]">
        {label}
      </label>
      <div className="relative">
        <input
          {...input}
          id={name}
          name={name}
          aria-invalid={error ? true : undefined}
          aria-describedby={[errorId, hintId].filter(Boolean).join(" ") || undefined}
          className="h-12 w-full rounded-xs border border-edge bg-sheet px-3.5 text-base hover:border-ink aria-invalid:border-ember"
        />
        {children}
      </div>
      {error && (
        <p id={errorId} className="pt-1.5 text-ember text-sm">
          {error}
        </p>
      )}
      {hint && (
        <p id={hintId} className="pt-1.5 text-iron text-sm">
          {hint}
        </p>
      )}
    </div>
  );
}
