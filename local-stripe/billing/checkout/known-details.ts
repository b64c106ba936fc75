import type { CheckoutSession } from "../../objects/checkout-session";
import { customers } from "../../objects/customer";

export const noDetails = {
  address: null,
  business_name: null,
  email: null,
  individual_name: null,
  name: null,
  phone: null,
  tax_exempt: "none",
  tax_ids: null,
} as const;

/**
 * An open session tells the e-mail that is known before its page asks. The customer's name is told only once the page has
 * collected it: recorded.
 */
export function knownDetails({
  customer,
  customer_email,
}: Pick<CheckoutSession, "customer" | "customer_email">): CheckoutSession["customer_details"] {
  const email = customers.get(customer ?? "")?.email ?? customer_email;
  return email ? { ...noDetails, email } : null;
}
