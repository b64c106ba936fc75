import { html } from "hono/html";
import { forcedDeclines } from "../../billing/payments/bank";
import { DAY_SECONDS, HOUR_SECONDS } from "../../billing/time/durations";
import { afterIntervals } from "../../billing/time/periods";
import type { Markup } from "../../hosted/layout";
import { wallTime } from "../../kit/clock";
import { nextDue } from "../../kit/jobs";
import { DECLINES } from "../../objects/declines";
import { button, buttons, controlForm, selectField } from "./buttons";
import { hint, time } from "./elements";

/** The clock that everything lives by which is on no test clock, and ways to move it. */
export function clockControls(here: string): Markup {
  const now = wallTime();
  const ahead = now - Math.floor(Date.now() / 1000);
  const due = nextDue(null);
  const month = afterIntervals(now, { interval: "month", interval_count: 1 }, 1) - now;
  const advance = (label: string, seconds: number) => button(here, "clock/advance", label, { seconds });
  return html`<p class="reading">${time(now)} <small>UTC</small></p>
    ${hint(beside(ahead), due === undefined ? "Nothing is due." : html`Next due: ${time(due)}.`)}
    ${buttons(
      advance("+ 1 hour", HOUR_SECONDS),
      advance("+ 1 day", DAY_SECONDS),
      advance("+ 1 month", month),
      button(here, "clock/next", "To the next due work"),
      button(here, "clock/next_renewal", "To the next renewal", {}, { look: "main" }),
    )}
    ${hint("Time only moves forward. Everything that falls due on the way happens, in its order.")}`;
}

/** A history that ended long ago leaves the clock behind. */
function beside(ahead: number): string {
  if (ahead === 0) return "The same as this machine's. ";
  return ahead > 0 ? `${span(ahead)} ahead of this machine. ` : `${span(-ahead)} behind this machine. `;
}

function span(seconds: number): string {
  const [days, hours] = [
    Math.floor(seconds / DAY_SECONDS),
    Math.floor((seconds % DAY_SECONDS) / HOUR_SECONDS),
  ];
  const parts = [days && `${days} d`, hours && `${hours} h`].filter(Boolean);
  return parts.length > 0 ? parts.join(" ") : `${seconds} s`;
}

export function declineForm(here: string): Markup {
  const armed = forcedDeclines.get("next")?.decline;
  const options = Object.entries(DECLINES).map(
    ([code, { message }]) => [code, `${code}: ${message}`] as const,
  );
  return html`${hint(armed ? html`Armed: the next payment fails as <strong>${armed.decline_code ?? armed.code}</strong>.` : "Not armed: the card decides.")}
    ${controlForm(
      here,
      "fail_next_payment",
      {},
      html`<div class="inline">
        ${selectField({ name: "code", label: "The next payment fails as", value: "insufficient_funds" }, options)}
        <button class="plain">Arm</button>
      </div>`,
    )}
    ${armed ? html`<div class="also">${button(here, "spare_next_payment", "Disarm")}</div>` : ""}`;
}
