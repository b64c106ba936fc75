import { html } from "hono/html";
import { formatAmount } from "../../billing/money/amounts";
import { account } from "../../kit/account";
import type { Charge } from "../../objects/charge";
import { day, methodName } from "../format";
import { page } from "../layout";

export function receiptView(charge: Charge): Promise<Response> {
  const money = (amount: number) => formatAmount(amount, charge.currency);
  const facts = [
    ["Amount paid", money(charge.amount)],
    ["Date paid", day(charge.created)],
    ["Payment method", methodName(charge.payment_method_details ?? {})],
    ...(charge.description ? [["For", charge.description]] : []),
    ...(charge.amount_refunded ? [["Refunded", money(charge.amount_refunded)]] : []),
  ];
  return page(
    `Receipt · ${account.name}`,
    html`<div class="sheet">
      <h1>Receipt from ${account.name}</h1>
      <section class="panel" aria-label="Receipt">
        <dl class="facts">
          ${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
        </dl>
      </section>
    </div>`,
  );
}
