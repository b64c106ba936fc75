import { html } from "hono/html";
import { productName } from "../../billing/catalog/names";
import { scheduleOf } from "../../billing/schedules/current";
import { currentPeriodEnd } from "../../billing/time/subscription-periods";
import type { Markup } from "../../hosted/layout";
import { wallTime } from "../../kit/clock";
import { invoices } from "../../objects/invoice";
import type { Subscription, SubscriptionItem } from "../../objects/subscription";
import { button, buttons } from "../parts/buttons";
import {
  badge,
  type Content,
  code,
  date,
  facts,
  heading,
  metadataFact,
  panel,
  time,
} from "../parts/elements";
import { eventsAbout } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { link, rawJson } from "../parts/links";
import { latest } from "../parts/listing";
import { table } from "../parts/table";
import { customerLink, invoicesTable, named, perPeriod } from "../parts/tables";

export function subscriptionPage(subscription: Subscription, here: string): Promise<Response> {
  const { id, status, cancellation_details: details } = subscription;
  const ending = subscription.cancel_at && !subscription.ended_at;
  return frame(
    here,
    named(subscription),
    html`${heading("Subscription", named(subscription), badge(status), ending ? html` ${badge("canceled", "ends")} ${date(subscription.cancel_at as number)}` : "")}
      ${subscription.ended_at ? "" : controls(subscription, here)}
      ${facts([
        ["Id", code(id)],
        ["Customer", customerLink(subscription.customer)],
        ["Current period", period(subscription)],
        ["Began", html`${time(subscription.start_date)} UTC`],
        ["Trial", trial(subscription)],
        ["Ends", subscription.cancel_at ? html`${time(subscription.cancel_at)} UTC` : null],
        ["Canceled", subscription.canceled_at ? html`${time(subscription.canceled_at)} UTC` : null],
        ["Ended", subscription.ended_at ? html`${time(subscription.ended_at)} UTC` : null],
        ["Why", [details?.reason, details?.feedback, details?.comment].filter(Boolean).join(", ")],
        ["Pays with", subscription.default_payment_method ? link(subscription.default_payment_method) : null],
        ["Discounts", subscription.discounts.map((discount) => link(discount))],
        ["Latest invoice", link(subscription.latest_invoice)],
        ["Schedule", subscription.schedule ? link(subscription.schedule) : null],
        ["Test clock", subscription.test_clock ? link(subscription.test_clock) : null],
        ["Metadata", metadataFact(subscription.metadata)],
      ])}
      ${panel("Items", itemsTable(subscription))}
      ${panel("Invoices", invoicesTable("Invoices", latest(invoices.where({ subscription: id }), 20), "None."))}
      ${eventsAbout(id)}
      ${rawJson(subscription)}`,
  );
}

const AFTER_CHARGE_SECONDS = 3600 + 60;

function controls(subscription: Subscription, here: string): Markup {
  const { id, test_clock } = subscription;
  const seconds = currentPeriodEnd(subscription) + AFTER_CHARGE_SECONDS - wallTime();
  const cancel = (label: string, when: string, look: "plain" | "danger" = "plain") =>
    button(here, "cancel", label, { subscription: id, when }, { look });
  const planEnd = subscription.cancel_at
    ? cancel("Don't cancel", "never")
    : cancel("Cancel at the end of the period", "at_period_end");
  return buttons(
    test_clock
      ? button(
          here,
          "test_clock/next_renewal",
          "Advance its clock to the renewal",
          { test_clock },
          { look: "main" },
        )
      : button(
          here,
          "clock/advance",
          "Advance the clock to its renewal",
          { seconds: Math.max(0, seconds) },
          { look: "main" },
        ),
    subscription.status === "paused" ? button(here, "resume", "Resume", { subscription: id }) : "",
    button(here, "portal", "Open the customer portal", { customer: subscription.customer }),
    scheduleOf(subscription) ? "" : planEnd,
    cancel("Cancel now", "now", "danger"),
  );
}

function period({ items }: Subscription): Content {
  const [item] = items.data;
  return item ? html`${time(item.current_period_start)} to ${time(item.current_period_end)} UTC` : "–";
}

const trial = ({ trial_start, trial_end }: Subscription): Content | null =>
  trial_end ? html`${time(trial_start)} to ${time(trial_end)} UTC` : null;

const itemsTable = (subscription: Subscription): Markup =>
  table(
    "Items",
    [
      { label: "Product", cell: ({ price }: SubscriptionItem) => link(price.product, productName(price)) },
      { label: "Price", cell: ({ price }) => link(price.id) },
      { label: "Item", cell: ({ id }) => code(id) },
      { label: "Quantity", cell: ({ quantity }) => quantity ?? 1, figures: true },
      { label: "Amount", cell: perPeriod(subscription), figures: true },
    ],
    subscription.items.data,
    "No items.",
  );
