import { noSuch } from "./errors";
import type { Table } from "./store";

const NOUNS: Readonly<Record<string, string>> = {
  payment_method: "PaymentMethod",
  promotion_code: "promotion code",
  shipping_rate: "shipping rate",
  webhook_endpoint: "webhook endpoint",
  "billing_portal.configuration": "configuration",
};

export const nounOf = (object: string): string => NOUNS[object] ?? object;

/** The row with this id, or Stripe's complaint: about the URL, or about the parameter that named it. */
export function find<T extends { readonly id: string }>(
  table: Pick<Table<T>, "get" | "name">,
  id: string,
  param?: string,
): T {
  const row = table.get(id);
  if (!row) throw noSuch(nounOf(table.name), id, param);
  return row;
}
