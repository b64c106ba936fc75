import type { ReactNode } from "react";
import type { Payment } from "@/db/queries/payments";
import { formatMoney } from "../format";
import { Day } from "../ui/day";
import { Table } from "../ui/table";

const kinds: Record<Payment["kind"], string> = {
  checkout: "Checkout",
  invoice_paid: "Paid",
  payment: "Paid",
  attempt: "Declined, nothing charged",
  refund: "Refunded to you",
  dispute: "Disputed with your bank",
};

/** How an amount is set: struck out when it was not charged, negative when it came back. */
const amounts: Partial<Record<Payment["kind"], (amount: number, currency: string) => ReactNode>> = {
  attempt: (amount, currency) => <s className="text-iron">{formatMoney(amount, currency)}</s>,
  refund: (amount, currency) => formatMoney(-Math.abs(amount), currency),
};

export function PaymentTable({ payments }: { payments: Payment[] }) {
  if (payments.length === 0) return <p className="text-iron">No payments yet.</p>;
  return (
    <Table
      caption="Payments"
      rows={payments}
      columns={[
        { title: "Date", cell: ({ occurredAt }) => <Day date={occurredAt} /> },
        {
          title: "For",
          cell: ({ title, kind, invoiceUrl }) => (
            <>
              {title ?? "A payment"}
              <span className="block text-iron text-sm">
                {kinds[kind]}
                {invoiceUrl && (
                  <>
                    {" · "}
                    <a href={invoiceUrl} className="link">
                      Invoice<span className="sr-only"> for {title ?? "a payment"}</span>
                    </a>
                  </>
                )}
              </span>
            </>
          ),
        },
        {
          title: "Amount",
          right: true,
          cell: ({ kind, amount, currency }) => (amounts[kind] ?? formatMoney)(amount, currency),
        },
      ]}
    />
  );
}
