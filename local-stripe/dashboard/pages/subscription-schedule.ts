import { html } from "hono/html";
import { productName } from "../../billing/catalog/names";
import { currentPhaseOf, isRunning } from "../../billing/schedules/current";
import type { Markup } from "../../hosted/layout";
import { wallTime } from "../../kit/clock";
import { prices } from "../../objects/price";
import type { Phase, SubscriptionSchedule } from "../../objects/subscription-schedule";
import { testClocks } from "../../objects/test-clock";
import { button, buttons } from "../parts/buttons";
import { badge, type Content, code, facts, heading, metadataFact, panel, time } from "../parts/elements";
import { eventsAbout } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { link, rawJson } from "../parts/links";
import { table } from "../parts/table";
import { customerLink } from "../parts/tables";

export function subscriptionSchedulePage(schedule: SubscriptionSchedule, here: string): Promise<Response> {
  const { id, status, subscription, released_subscription: released } = schedule;
  const moment = (at: number | null) => (at === null ? null : html`${time(at)} UTC`);
  return frame(
    here,
    id,
    html`${heading("Subscription schedule", code(id), badge(status))}
      ${isRunning(schedule) ? controls(schedule, here) : ""}
      ${facts([
        ["Customer", customerLink(schedule.customer)],
        ["Subscription", subscription ? link(subscription) : null],
        ["Released subscription", released ? link(released) : null],
        [
          "When its phases are over",
          schedule.end_behavior === "cancel" ? "the subscription ends" : "the subscription goes on",
        ],
        ["Created", moment(schedule.created)],
        ["Completed", moment(schedule.completed_at)],
        ["Released", moment(schedule.released_at)],
        ["Canceled", moment(schedule.canceled_at)],
        ["Test clock", schedule.test_clock ? link(schedule.test_clock) : null],
        ["Metadata", metadataFact(schedule.metadata)],
      ])}
      ${panel("Phases", phasesTable(schedule))}
      ${eventsAbout(id)}
      ${rawJson(schedule)}`,
  );
}

function controls(schedule: SubscriptionSchedule, here: string): Markup {
  const step = (label: string, what: "release" | "cancel", look: "plain" | "danger") =>
    button(here, "schedule", label, { schedule: schedule.id, do: what }, { look });
  return buttons(
    advance(schedule, here),
    step("Release the subscription", "release", "plain"),
    step(schedule.subscription ? "Cancel it and its subscription" : "Cancel it", "cancel", "danger"),
  );
}

/** To the next phase or, in the last one, to its end. */
function advance({ current_phase, phases, test_clock }: SubscriptionSchedule, here: string): Markup {
  const next = current_phase?.end_date ?? phases[0]?.start_date ?? 0;
  const isLast = next === phases.at(-1)?.end_date;
  const goal = isLast ? "the end of its last phase" : "its next phase";
  const now = testClocks.get(test_clock ?? "")?.frozen_time ?? wallTime();
  const seconds = Math.max(0, next - now);
  const look = { look: "main" } as const;
  return test_clock
    ? button(here, "test_clock/advance", `Advance its clock to ${goal}`, { test_clock, seconds }, look)
    : button(here, "clock/advance", `Advance the clock to ${goal}`, { seconds }, look);
}

const phasesTable = (schedule: SubscriptionSchedule): Markup =>
  table(
    "Phases",
    [
      { label: "From (UTC)", cell: ({ start_date }: Phase) => time(start_date) },
      { label: "To (UTC)", cell: ({ end_date }) => time(end_date) },
      { label: "Items", cell: items },
      { label: "Prorations", cell: ({ proration_behavior }) => proration_behavior.replaceAll("_", " ") },
      { label: "Trial until", cell: ({ trial_end }) => time(trial_end) },
      {
        label: "Now",
        cell: (phase) => (phase === currentPhaseOf(schedule) ? badge("active", "current") : ""),
      },
    ],
    schedule.phases,
    "No phases.",
  );

const items = ({ items: all }: Phase): Content =>
  all.map(({ price, quantity = 1 }) => {
    const many = quantity > 1 ? ` × ${quantity}` : "";
    return html`<div>${link(price, productName(prices.must(price)))}${many}</div>`;
  });
