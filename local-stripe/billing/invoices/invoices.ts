import { account } from "../../kit/account";
import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import { newId, randomText } from "../../kit/ids";
import { customers } from "../../objects/customer";
import { buildInvoice, type Invoice, type InvoiceLineItem, invoices, lineList } from "../../objects/invoice";
import { subscriptions } from "../../objects/subscription";
import { applyCredits, creditsOf, withCredits } from "../credits/application";
import { discountsFor, spendDiscounts, withDiscounts } from "../discounts/invoice-discounts";
import { isTooSmall } from "../money/minimums";
import { moveBalance } from "../payments/customer-balance";
import { withoutUnknownTax, withTaxes } from "../tax/invoice-taxes";
import { taxIn } from "../tax/tax-sums";
import { withLatestUsage } from "../usage/usage-lines";
import { recordDebits } from "./debits";
import { markPaid } from "./invoice-payments";

type Draft = Pick<Invoice, "billing_reason" | "currency" | "parent"> & Partial<Invoice>;

/** Its status follows when its tax is computed. */
const AUTOMATIC: Invoice["automatic_tax"] = {
  disabled_reason: null,
  enabled: true,
  liability: null,
  provider: null,
  status: null,
};

/** A draft with its lines, for which a subscription's or its customer's discounts are used; `lines` are made for the invoice's id. */
export function createInvoice(
  customer: string,
  draft: Draft,
  lines: (invoice: string) => readonly InvoiceLineItem[],
): Invoice {
  const id = newId("in_1");
  const made = lines(id);
  const subscription = subscriptions.get(draft.parent?.subscription_details?.subscription ?? "");
  const owner = customers.must(customer);
  const discounts = discountsFor(owner, subscription);
  const { automatic_tax, default_tax_rates } = subscription ?? {};
  const invoice = invoices.put(
    withTotals(
      buildInvoice(owner, {
        id,
        lines: lineList(id, made),
        default_tax_rates: default_tax_rates ?? [],
        discounts,
        ...(automatic_tax?.enabled ? { automatic_tax: AUTOMATIC } : {}),
        ...draft,
      }),
    ),
  );
  recordDebits(invoice);
  emit("invoice.created", invoice);
  spendDiscounts(invoice, subscription);
  return invoice;
}

/**
 * Computes the totals from the lines, the discounts, the credits, the taxes and the balance that the customer brings
 * along.
 */
export function withTotals(undiscounted: Invoice, credited = withCredits): Invoice {
  const invoice = withTaxes(credited(withDiscounts(undiscounted)));
  const subtotal = invoice.lines.data.reduce((sum, line) => sum + line.amount, 0);
  const off = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const untaxed = subtotal - off - creditsOf(invoice) + invoice.amount_shipping;
  const total = untaxed + taxIn(invoice.total_taxes, "exclusive");
  const due = Math.max(0, total + invoice.starting_balance);
  return {
    ...invoice,
    amount_due: due,
    amount_remaining: due - invoice.amount_paid,
    subtotal,
    total,
    total_excluding_tax: total - taxIn(invoice.total_taxes),
  };
}

/**
 * Gives the number and the addresses, and takes the customer's balance into account for good
 * (https://docs.stripe.com/billing/customer/balance). An invoice that owes nothing is paid in the same moment; so is
 * one that owes less than can be charged, and the customer owes it with the next (recorded).
 */
export function finalizeInvoice(
  draft: Invoice,
  { withBalance = true }: { readonly withBalance?: boolean } = {},
): Invoice {
  const customer = customers.must(draft.customer ?? "");
  const starting_balance = withBalance ? customer.balance : 0;
  const sequence = customer.next_invoice_sequence ?? 1;
  const settled = withoutUnknownTax(
    withTotals({ ...withLatestUsage(draft), starting_balance }, applyCredits),
  );
  const { currency, total } = settled;
  customers.put({
    ...customer,
    currency: customer.currency ?? currency,
    next_invoice_sequence: sequence + 1,
  });
  const why = { currency, invoice: draft.id };
  const isOwedLater = withBalance && isTooSmall(settled.amount_due, currency);
  const kept = Math.min(0, total + starting_balance);
  if (kept !== starting_balance) {
    moveBalance(customer.id, kept - starting_balance, { ...why, type: "applied_to_invoice" });
  }
  if (isOwedLater) moveBalance(customer.id, settled.amount_due, { ...why, type: "invoice_too_small" });
  const due = isOwedLater ? 0 : settled.amount_due;
  const page = `${account.origin}/i/${randomText(40)}`;
  const invoice = invoices.put({
    ...settled,
    amount_due: due,
    amount_remaining: due,
    automatically_finalizes_at: null,
    effective_at: now(),
    ending_balance: isOwedLater ? settled.amount_due : kept,
    hosted_invoice_url: page,
    invoice_pdf: `${page}/pdf`,
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, "0")}`,
    status: "open",
    status_transitions: { ...draft.status_transitions, finalized_at: now() },
  });
  emit("invoice.finalized", invoice);
  return invoice.amount_due === 0 ? markPaid(invoice) : invoice;
}
