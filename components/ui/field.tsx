import type { ComponentProps, ReactNode } from "react";

type Props = {
  label: string;
  name: string;
  hint?: string;
  error?: string;
  /** Stands inside the input, at its right end. */
  children?: ReactNode;
} & Omit<ComponentProps<"input">, "name" | "children">;

/** A label, its input, and below it what to know or, instead, what went wrong. The name doubles as the id. */
export function Field({ label, name, hint, error, children, ...input }: Props) {
  const note = error ?? hint;
  const noteId = `${name}-note`;
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
          aria-describedby={note && noteId}
          className="h-12 w-full rounded-xs border border-edge bg-sheet px-3.5 text-base hover:border-ink aria-invalid:border-ember"
        />
        {children}
      </div>
      {note && (
        <p id={noteId} className={`pt-1.5 text-sm ${error ? "text-ember" : "text-iron"}`}>
          {note}
        </p>
      )}
    </div>
  );
}
