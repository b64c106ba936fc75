import { atOnce } from "./clock";
import { StripeError } from "./errors";
import { discardEmitted, type Origin, publish, recordEmitted, unreported } from "./events";
import type { Immediate } from "./immediate";
import { journalled, undone } from "./store";

/**
 * A person on a hosted page, and time, act without an API request: `request.id` of the event is null
 * (https://docs.stripe.com/api/events/object#event_object-request).
 */
export const byItself: Origin = { id: null, idempotency_key: null };

/** All or nothing: rows and events of `work` stay together, and deliveries begin only after it. */
export function transaction<T>(origin: Origin, work: () => Immediate<T>): Immediate<T> {
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
export const rehearse = <T>(work: () => Immediate<T>): Immediate<T> => unreported(() => undone(work));
