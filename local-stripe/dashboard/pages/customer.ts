import { html } from "hono/html";
import { methodName } from "../../hosted/format";
import type { Markup } from "../../hosted/layout";
import { account } from "../../kit/account";
import type { Customer } from "../../objects/customer";
import {
  type CustomerBalanceTransaction,
  customerBalanceTransactions,
} from "../../objects/customer-balance-transaction";
import { type ActiveEntitlement, entitlementsOf, features } from "../../objects/entitlement";
import { invoices } from "../../objects/invoice";
import { paymentIntents } from "../../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { subscriptions } from "../../objects/subscription";
import { taxIds } from "../../objects/tax-id";
import { button, buttons } from "../parts/buttons";
import {
  badge,
  type Content,
  code,
  facts,
  heading,
  hint,
  metadataFact,
  money,
  panel,
  time,
} from "../parts/elements";
import { eventsAbout } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { link, rawJson } from "../parts/links";
import { latest } from "../parts/listing";
import { table } from "../parts/table";
import { customerName, invoicesTable, paymentsTable, subscriptionsTable } from "../parts/tables";
import { subscribeButtons } from "./products";

const MOST_ROWS = 20;

export function customerPage(customer: Customer, here: string): Promise<Response> {
  const { id } = customer;
  return frame(
    here,
    customerName(customer),
    html`${heading("Customer", customerName(customer), customer.delinquent ? badge("unpaid", "delinquent") : "")}
      ${buttons(button(here, "portal", "Open the customer portal", { customer: id }, { look: "main" }))}
      ${facts([
        ["Id", code(id)],
        ["E-mail", customer.email],
        ["Phone", customer.phone],
        ["Balance", customer.balance ? money(customer.balance, customer.currency ?? account.currency) : null],
        ["Tax ids", taxIdsOf(customer)],
        ["Tax exempt", customer.tax_exempt === "none" ? null : customer.tax_exempt],
        ["Created", html`${time(customer.created)} UTC`],
        ["Entitled to", entitlementsOf(id).map(nameOfFeature).join(", ")],
        ["Test clock", customer.test_clock ? link(customer.test_clock) : null],
        ["Metadata", metadataFact(customer.metadata)],
      ])}
      ${panel("Payment methods", cardsTable(customer))}
      ${panel(
        "Subscriptions",
        newest("Subscriptions", subscriptionsTable, subscriptions.where({ customer: id })),
        subscribeButtons(id, here, customerName(customer)),
      )}
      ${panel("Invoices", newest("Invoices", invoicesTable, invoices.where({ customer: id })))}
      ${panel("Payments", newest("Payments", paymentsTable, paymentIntents.where({ customer: id })))}
      ${balanceOf(customer)}
      ${eventsAbout(id)}
      ${rawJson(customer)}`,
  );
}

const nameOfFeature = ({ feature }: ActiveEntitlement): string => features.must(feature).name;

const taxIdsOf = ({ id }: Customer): string | null =>
  taxIds
    .where({ customer: id })
    .map(({ value, verification }) => `${value} (${verification?.status})`)
    .join(", ") || null;

/** The reasons for the balance; a customer whose balance never moved has nothing to see here. */
function balanceOf({ id }: Customer): Markup | string {
  const moves = customerBalanceTransactions.where({ customer: id });
  return moves.length === 0 ? "" : panel("Balance", newest("Moves of the balance", balanceTable, moves));
}

const balanceTable = (caption: string, rows: readonly CustomerBalanceTransaction[], empty: Content): Markup =>
  table(
    caption,
    [
      {
        label: "Reason",
        cell: ({ id, type }: CustomerBalanceTransaction) => link(id, type.replaceAll("_", " ")),
      },
      { label: "Because of", cell: ({ credit_note, invoice }) => link(credit_note ?? invoice) },
      { label: "Time (UTC)", cell: ({ created }) => time(created) },
      { label: "Amount", cell: ({ amount, currency }) => money(amount, currency), figures: true },
      {
        label: "Balance",
        cell: ({ ending_balance, currency }) => money(ending_balance, currency),
        figures: true,
      },
    ],
    rows,
    empty,
  );

/** A table of the newest, which says when there are more. */
function newest<T>(
  caption: string,
  tableOf: (caption: string, rows: readonly T[], empty: Content) => Markup,
  rows: readonly T[],
): Markup {
  const more = rows.length > MOST_ROWS ? hint(`The newest ${MOST_ROWS} of ${rows.length}.`) : "";
  return html`${tableOf(caption, latest(rows, MOST_ROWS), "None.")}${more}`;
}

const cardsTable = ({ id, invoice_settings }: Customer) =>
  table(
    "Payment methods",
    [
      { label: "Method", cell: (method: PaymentMethod) => link(method.id, methodName(method)) },
      { label: "Expires", cell: ({ card }) => (card ? `${card.exp_month}/${card.exp_year}` : "–") },
      {
        label: "Use",
        cell: (method) =>
          method.id === invoice_settings.default_payment_method ? "default of invoices" : "–",
      },
      { label: "Added (UTC)", cell: ({ created }) => time(created) },
    ],
    paymentMethods.where({ customer: id }),
    "None.",
  );
