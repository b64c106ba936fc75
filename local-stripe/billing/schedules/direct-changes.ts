import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import type { Subscription } from "../../objects/subscription";
import {
  buildPhaseItem,
  type Phase,
  type PhaseItem,
  subscriptionSchedules,
} from "../../objects/subscription-schedule";
import { currentPhaseOf, scheduleOf } from "./current";

const itemsOf = ({ items }: Subscription): PhaseItem[] =>
  items.data.map(({ price, quantity, metadata, tax_rates }) =>
    buildPhaseItem(price.id, quantity ?? 1, metadata, tax_rates),
  );

const inWords = (items: readonly PhaseItem[]) =>
  items
    .map(({ price, quantity }) => `${price} ${quantity}`)
    .sort()
    .join();

/**
 * Items may be changed directly although there is a schedule: the current phase ends, and another with the new items
 * takes what is left of its time; the phases to come stay as they are (inferred from what
 * https://github.com/bitwarden/server/pull/8035 and 7695 saw).
 */
export function followDirectChange(subscription: Subscription): void {
  const schedule = scheduleOf(subscription);
  const current = schedule && currentPhaseOf(schedule);
  const items = itemsOf(subscription);
  if (!current || inWords(items) === inWords(current.items)) return;
  const at = now();
  const changed: Phase = { ...current, items, start_date: at };
  const before = at > current.start_date ? [{ ...current, end_date: at }] : [];
  const phases = schedule.phases.flatMap((phase) => (phase === current ? [...before, changed] : [phase]));
  const { end_date } = current;
  const split = subscriptionSchedules.put({
    ...schedule,
    phases,
    current_phase: { start_date: at, end_date },
  });
  emit("subscription_schedule.updated", split, schedule);
}
