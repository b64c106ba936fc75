import { revalidatePath } from "next/cache";
import type { z } from "zod";
import type { User } from "@/db/queries/users";
import { requireUser } from "@/lib/auth/session";
import { type FormState, fieldsOf, parseForm } from "@/lib/form";

/**
 * Server actions are made here, so that each holds only its intent: who asks is known and what the form sent is
 * parsed before it begins. Anybody can call an action with anything, whatever the page shows, so none of them may
 * be written without one of these.
 */

interface UserInput<Schema extends z.ZodType> {
  user: User;
  data: z.infer<Schema>;
}

/**
 * A button of a signed-in person.
 * @param page the path it stands on. Sign-in leads back there, and a form that names something else than our
 *   pages offer gets it as it is now.
 */
export const userAction =
  <Schema extends z.ZodType>(
    page: string,
    schema: Schema,
    handle: (input: UserInput<Schema>) => Promise<void>,
  ) =>
  async (form: FormData): Promise<void> => {
    const user = await requireUser(page);
    const { success, data } = schema.safeParse(fieldsOf(form));
    if (success) await handle({ user, data });
    else revalidatePath(page);
  };

/** A form of a signed-in person that says beside each field what is wrong with it. For React's `useActionState`. */
export const userFormAction =
  <Schema extends z.ZodType, State extends FormState>(
    page: string,
    schema: Schema,
    handle: (input: UserInput<Schema>, state: FormState) => Promise<State>,
  ) =>
  async (_: FormState, form: FormData): Promise<FormState | State> => {
    const user = await requireUser(page);
    const { data, state } = parseForm(schema, form);
    return data ? handle({ user, data }, state) : state;
  };

/** The same for visitors. */
export const visitorFormAction =
  <Schema extends z.ZodType>(
    schema: Schema,
    handle: (data: z.infer<Schema>, state: FormState) => Promise<FormState>,
  ) =>
  async (_: FormState, form: FormData): Promise<FormState> => {
    const { data, state } = parseForm(schema, form);
    return data ? handle(data, state) : state;
  };
