import { atOnce } from "./clock";
import { StripeError } from "./errors";
import { discardEmitted, type Origin, publish, recordEmitted, unreported } from "./events";
import { journalled, undone } from "./store";

/** What a person does on a hosted page, and what happens by itself, has no API request behind it. */
export const byItself: Origin = { id: null, idempotency_key: null };

/** All or nothing: rows and events of `work` stay together, and deliveries begin only after it. */
export function transaction<T>(origin: Origin, work: () => T): T {
  let recorded: ReturnType<typeof recordEmitted> = [];
  try {
    return journalled((undo) => {
      try {
        const result = atOnce(work);
        recorded = recordEmitted(origin);
        return result;
      } catch (error) {
        if (error instanceof StripeError && error.keepsEffects) {
          recorded = recordEmitted(origin);
        } else {
          undo();
          discardEmitted();
        }
        throw error;
      }
    });
  } finally {
    publish(recorded);
  }
}

/** Does it and takes it back: what a preview shows is then what the real thing would do. */
export const rehearse = <T>(work: () => T): T => unreported(() => undone(work));
