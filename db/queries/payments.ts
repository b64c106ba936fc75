import { and, desc, eq, inArray, isNull, ne, notInArray, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { db } from "@/db";
import {
  checkoutSessions,
  disputes,
  invoicePayments,
  invoices,
  stripeTransactions as ledger,
  products,
} from "@/db/schema";

/** A line of a person's payments: what it was for, and what became of the money. */
export interface Payment {
  id: string;
  kind: (typeof ledger.$inferSelect)["kind"];
  amount: number;
  currency: string;
  occurredAt: Date;
  /** Our product's name, else Stripe's words; null when neither is known. */
  title: string | null;
  invoiceUrl: string | null;
}

const SHOWN = 100;

/** Payments, failed attempts, refunds and disputes of a user, newest first. */
export async function listPayments(userId: string): Promise<Payment[]> {
  const [own, questioned] = await Promise.all([listLedger(userId), listDisputes(userId)]);
  return [...own, ...questioned]
    .toSorted((a, b) => b.occurredAt.getTime() - a.occurredAt.getTime())
    .slice(0, SHOWN);
}

/** A payment may be an invoice's or a one-time session's; a refund names only the payment, which leads to either. */
const paidInvoice = alias(invoices, "paid_invoice");
const saleOfRefund = alias(checkoutSessions, "sale_of_refund");
const refundedInvoice = alias(invoices, "refunded_invoice");
const billed = alias(products, "billed");
const sold = alias(products, "sold");
const isRefund = eq(ledger.kind, "refund");

/** A checkout is not a payment: its money is a row of its own. Nor is a refund that came to nothing. */
const listLedger = (userId: string): Promise<Payment[]> =>
  db
    .select({
      id: ledger.id,
      kind: ledger.kind,
      amount: ledger.amount,
      currency: ledger.currency,
      occurredAt: ledger.occurredAt,
      title: sql<
        string | null
      >`coalesce(${billed.name}, ${sold.name}, ${ledger.description}, ${paidInvoice.description}, ${refundedInvoice.description})`,
      invoiceUrl: sql<
        string | null
      >`coalesce(${paidInvoice.hostedInvoiceUrl}, ${refundedInvoice.hostedInvoiceUrl})`,
    })
    .from(ledger)
    .leftJoin(paidInvoice, eq(paidInvoice.stripeId, ledger.stripeInvoiceId))
    .leftJoin(
      invoicePayments,
      and(isRefund, eq(invoicePayments.stripePaymentIntentId, ledger.stripePaymentIntentId)),
    )
    .leftJoin(refundedInvoice, eq(refundedInvoice.stripeId, invoicePayments.stripeInvoiceId))
    .leftJoin(checkoutSessions, eq(checkoutSessions.stripeId, ledger.stripeCheckoutSessionId))
    .leftJoin(
      saleOfRefund,
      and(isRefund, eq(saleOfRefund.stripePaymentIntentId, ledger.stripePaymentIntentId)),
    )
    .leftJoin(
      billed,
      eq(
        billed.stripePriceId,
        sql`coalesce(${ledger.stripePriceId}, ${paidInvoice.stripePriceId}, ${refundedInvoice.stripePriceId})`,
      ),
    )
    .leftJoin(sold, eq(sold.id, sql`coalesce(${checkoutSessions.productId}, ${saleOfRefund.productId})`))
    .where(
      and(
        eq(ledger.userId, userId),
        // The disputes of a user are found by the payment they are about.
        notInArray(ledger.kind, ["checkout", "dispute"]),
        or(isNull(ledger.status), notInArray(ledger.status, ["failed", "canceled"])),
      ),
    )
    .orderBy(desc(ledger.occurredAt))
    .limit(SHOWN);

/** A dispute names no customer: it is the user's whose invoice or one-time sale the questioned payment paid. */
async function listDisputes(userId: string): Promise<Payment[]> {
  const rows = await db
    .select({
      id: disputes.id,
      amount: disputes.amount,
      currency: disputes.currency,
      occurredAt: disputes.stripeCreatedAt,
      title: sql<string | null>`coalesce(${billed.name}, ${sold.name}, ${invoices.description})`,
      invoiceUrl: invoices.hostedInvoiceUrl,
    })
    .from(disputes)
    .leftJoin(invoicePayments, eq(invoicePayments.stripePaymentIntentId, disputes.stripePaymentIntentId))
    .leftJoin(invoices, eq(invoices.stripeId, invoicePayments.stripeInvoiceId))
    .leftJoin(checkoutSessions, eq(checkoutSessions.stripePaymentIntentId, disputes.stripePaymentIntentId))
    .leftJoin(billed, eq(billed.stripePriceId, invoices.stripePriceId))
    .leftJoin(sold, eq(sold.id, checkoutSessions.productId))
    .where(and(inArray(disputes.stripePaymentIntentId, paymentIntentsOf(userId)), isNull(disputes.deletedAt)))
    .orderBy(desc(disputes.stripeCreatedAt))
    .limit(SHOWN);
  return rows.map((row) => ({ ...row, kind: "dispute" }));
}

const paymentIntentsOf = (userId: string) =>
  sql`(${db
    .select({ id: checkoutSessions.stripePaymentIntentId })
    .from(checkoutSessions)
    .where(and(eq(checkoutSessions.userId, userId), ne(checkoutSessions.mode, "setup")))} union all ${db
    .select({ id: invoicePayments.stripePaymentIntentId })
    .from(invoicePayments)
    .innerJoin(invoices, eq(invoices.stripeId, invoicePayments.stripeInvoiceId))
    .where(eq(invoices.userId, userId))})`;
