import type { ReactNode } from "react";
import type { ReactFormState } from "react-dom/client";
import { fieldsOf, render } from "./render";

/**
 * Next's compiler names a "use server" function: a form that calls it carries its name in the HTML, and
 * works without JavaScript. https://react.dev/reference/rsc/server-functions
 */

// biome-ignore lint/suspicious/noExplicitAny: any arguments will do, as in React's own type of an action.
type Action = (...args: any[]) => unknown;

/** The form's `action` in the HTML is then the name, so that a test sees which function a form calls. */
export function serverAction<T extends Action>(action: T, name: string): T {
  const bound = (...args: unknown[]) => serverAction(action.bind(null, ...args) as T, name);
  return Object.assign((...args: unknown[]) => action(...args), {
    bind: (_: unknown, ...args: unknown[]) => bound(...args),
    $$FORM_ACTION: (prefix: string) => ({
      name: `$ACTION_REF_${prefix}`,
      action: name,
      method: "POST",
      encType: "multipart/form-data",
      data: new FormData(),
    }),
    $$IS_SIGNATURE_EQUAL: (other: string) => other === name,
  }) as unknown as T;
}

/**
 * A form of `useActionState` as it comes back after it was sent without JavaScript: React finds its place in the
 * page by the key that it wrote into the form.
 */
export async function renderAnswered(node: ReactNode, name: string, state: unknown): Promise<string> {
  const key = fieldsOf(await render(node)).find((field) => field.name === "$ACTION_KEY")?.value;
  return render(node, { formState: [state, key, name, 1] as unknown as ReactFormState });
}

/** Every action of a "use server" module under the name that it is exported by. */
export const namedActions = <T extends Record<string, Action>>(module: T): T =>
  Object.fromEntries(Object.entries(module).map(([name, action]) => [name, serverAction(action, name)])) as T;
