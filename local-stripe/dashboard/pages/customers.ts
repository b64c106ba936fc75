import { html } from "hono/html";
import { type Customer, customers } from "../../objects/customer";
import { subscriptions } from "../../objects/subscription";
import { badge, heading, time } from "../parts/elements";
import { frame } from "../parts/frame";
import { link } from "../parts/links";
import { listing, pager, type Query } from "../parts/listing";
import { table } from "../parts/table";
import { customerName } from "../parts/tables";

export function customersPage(query: Query, here: string): Promise<Response> {
  const found = listing(customers.all(), query);
  return frame(
    here,
    "Customers",
    html`${heading("Billing", "Customers")}
      ${table(
        "Customers, newest first",
        [
          { label: "Customer", cell: (customer: Customer) => link(customer.id, customerName(customer)) },
          { label: "E-mail", cell: ({ email }) => email ?? "–" },
          { label: "Subscriptions", cell: subscriptionStates },
          { label: "Test clock", cell: ({ test_clock }) => link(test_clock) },
          { label: "Created (UTC)", cell: ({ created }) => time(created) },
        ],
        found.rows,
        html`No customers yet. One is created by a checkout or through the API.`,
      )}
      ${pager("/customers", found)}`,
  );
}

const subscriptionStates = ({ id }: Customer) => {
  const states = subscriptions.where({ customer: id }).map(({ status }) => html`${badge(status)} `);
  return states.length > 0 ? states : "–";
};
