import type { Plain } from "../kit/diff";
import type { Form } from "../kit/form";

/** A release that changed shapes which integrations are built on, and how they were before it. */
export interface VersionChange {
  /** Versions before this one speak as this file says. */
  readonly release: string;
  /** Puts the parameters of an older request into today's words. */
  readonly request?: (call: { readonly method: string; readonly path: string }, form: Form) => Form;
  /** Parameters that the release took away; whoever speaks it or a newer one is told that they are unknown. */
  readonly dropped?: (call: { readonly method: string; readonly path: string }) => readonly string[];
  /** By type of object: what an older answer shows instead. */
  readonly answers: Readonly<Record<string, (object: Plain) => Plain>>;
}

/** The form without a parameter. */
export function without(form: Form, ...names: string[]): Form {
  return Object.fromEntries(Object.entries(form).filter(([name]) => !names.includes(name)));
}
