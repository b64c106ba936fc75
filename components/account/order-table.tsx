import type { listOrders } from "@/db/queries/account";
import { type CheckoutOutcome, outcomeOf } from "@/lib/billing/status";
import { formatMoney } from "../format";
import { Day } from "../ui/day";
import { Table } from "../ui/table";

type Order = Awaited<ReturnType<typeof listOrders>>[number];

const outcomes: Record<CheckoutOutcome, string> = {
  paid: "Paid",
  processing: "Waiting for the bank",
  failed: "Not paid",
  open: "Not finished",
};

export function OrderTable({ orders }: { orders: Order[] }) {
  if (orders.length === 0) {
    return (
      <p className="text-iron leading-relaxed">
        No orders yet. A small feature, built for you, is{" "}
        <a href="/pricing" className="link">
          in the catalogue
        </a>
        .
      </p>
    );
  }
  return (
    <Table
      caption="One-time orders"
      rows={orders}
      columns={[
        { title: "Date", cell: ({ completedAt }) => completedAt && <Day date={completedAt} /> },
        {
          title: "Order",
          cell: (order) => (
            <>
              {order.productName ?? "A former product"}
              <span className="block text-iron text-sm">{outcomes[outcomeOf(order)]}</span>
            </>
          ),
        },
        {
          title: "Amount",
          right: true,
          cell: ({ amountTotal, currency }) => formatMoney(amountTotal ?? 0, currency ?? "usd"),
        },
      ]}
    />
  );
}
