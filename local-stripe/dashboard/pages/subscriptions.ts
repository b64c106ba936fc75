import { html } from "hono/html";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { subscriptionSchedules } from "../../objects/subscription-schedule";
import { heading, panel } from "../parts/elements";
import { frame } from "../parts/frame";
import { latest, listing, pager, type Query, tabs } from "../parts/listing";
import { schedulesTable, subscriptionsTable } from "../parts/tables";

const STATUSES = ["active", "trialing", "past_due", "unpaid", "incomplete", "paused", "canceled"];

export function subscriptionsPage(query: Query, here: string): Promise<Response> {
  const rows = query.status
    ? subscriptions.where({ status: query.status as Subscription["status"] })
    : subscriptions.all();
  const found = listing(rows, query);
  const schedules = subscriptionSchedules.all();
  return frame(
    here,
    "Subscriptions",
    html`${heading("Billing", "Subscriptions")}
      ${tabs("/subscriptions", "status", STATUSES, query)}
      ${subscriptionsTable(
        "Subscriptions, newest first",
        found.rows,
        query.status
          ? html`No subscription is ${query.status.replaceAll("_", " ")}.`
          : html`No subscriptions yet. <a href="/products">Open a checkout</a> to begin one.`,
      )}
      ${pager("/subscriptions", found)}
      ${schedules.length > 0 ? panel("Schedules", schedulesTable("Schedules, newest first", latest(schedules, 20))) : ""}`,
  );
}
