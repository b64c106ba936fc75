import { invalid } from "../../kit/errors";
import { type CheckoutSession, checkoutPlans } from "../../objects/checkout-session";
import { placeOfSession } from "../tax/item-taxes";
import { placeOfAddress } from "../tax/places";
import { discountSession, wantedOf } from "./session-discounts";

/**
 * The session with the tax of the address that its customer typed. A customer whose address is not to be changed is
 * taxed where they are (type: the comment of `Stripe.Checkout.SessionCreateParams.CustomerUpdate.address`).
 */
export function locateSession(
  session: CheckoutSession,
  address: Parameters<typeof placeOfAddress>[0],
): CheckoutSession {
  if (!session.automatic_tax.enabled) return session;
  const { customerUpdate } = checkoutPlans.must(session.id);
  const isKept = session.customer !== null && customerUpdate.address !== "auto";
  const place = isKept ? null : placeOfAddress(address);
  checkoutPlans.update(session.id, { place });
  const located = discountSession(session, wantedOf(session));
  if (placeOfSession(located)) return located;
  throw invalid(
    "The customer's location isn't recognized. Give an address with a country, and in the US a ZIP code.",
    { code: "customer_tax_location_invalid" },
  );
}
