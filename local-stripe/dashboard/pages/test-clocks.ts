import { html } from "hono/html";
import { DAY_SECONDS } from "../../billing/time/durations";
import { afterIntervals } from "../../billing/time/periods";
import type { Markup } from "../../hosted/layout";
import { customers } from "../../objects/customer";
import { type TestClock, testClocks } from "../../objects/test-clock";
import { button, buttons, controlForm, textField } from "../parts/buttons";
import { badge, heading, hint, panel, time } from "../parts/elements";
import { frame } from "../parts/frame";
import { link } from "../parts/links";
import { listing, pager, type Query } from "../parts/listing";
import { table } from "../parts/table";

export function testClocksPage(query: Query, here: string): Promise<Response> {
  const found = listing(testClocks.all(), query);
  return frame(
    here,
    "Test clocks",
    html`${heading("Developers", "Test clocks")}
      ${hint("A clock of its own for up to three customers: it moves only when it is told to, and nobody else's time with it.")}
      ${table(
        "Test clocks, newest first",
        [
          { label: "Clock", cell: ({ id, name }: TestClock) => link(id, name) },
          { label: "Stands at (UTC)", cell: ({ frozen_time }) => time(frozen_time) },
          { label: "State", cell: ({ status }) => badge(status, status.replaceAll("_", " ")) },
          { label: "Customers", cell: ({ id }) => customers.where({ test_clock: id }).length, figures: true },
          { label: "Advance", cell: (clock) => advances(clock, here) },
        ],
        found.rows,
        "No test clocks yet.",
      )}
      ${pager("/test-clocks", found)}
      ${panel(
        "A new one",
        controlForm(
          here,
          "test_clock/create",
          {},
          html`<div class="inline">
            ${textField({ name: "name", label: "Name of the clock and of a customer who lives by it", required: true })}
            <button class="plain">Create</button>
          </div>`,
        ),
      )}`,
  );
}

export function advances({ id, name, frozen_time }: TestClock, here: string): Markup {
  const month = afterIntervals(frozen_time, { interval: "month", interval_count: 1 }, 1) - frozen_time;
  const more = `on ${name ?? id}`;
  const advance = (label: string, seconds: number) =>
    button(here, "test_clock/advance", label, { test_clock: id, seconds }, { more });
  return buttons(
    advance("+ 1 day", DAY_SECONDS),
    advance("+ 1 month", month),
    button(here, "test_clock/next_renewal", "To the next renewal", { test_clock: id }, { more }),
  );
}
