import { emit } from "../../kit/events";
import type { Answers, CheckoutSession, Submission } from "../../objects/checkout-session";
import { buildCustomer, type Customer, customers } from "../../objects/customer";
import type { PaymentMethod } from "../../objects/payment-method";
import { checkoutPlanOf } from "./intents";

/**
 * Checkout makes a customer for every subscription; for a single payment only when asked to (type: the comment of
 * `Stripe.Checkout.SessionCreateParams.customer_creation`).
 */
export function findOrCreateCustomer(
  session: CheckoutSession,
  { answers, email }: Submission,
  method: PaymentMethod | undefined,
): Customer | null {
  const existing = customers.get(session.customer ?? "");
  if (existing) return updateCustomer(session, existing, { answers, email }, method);
  if (session.mode !== "subscription" && session.customer_creation !== "always") return null;
  const customer = customers.put(
    buildCustomer({
      address: method?.billing_details.address ?? null,
      email,
      name: nameOf(answers, method),
      phone: answers.phone,
      shipping: shippingOf(answers),
      ...namesOf(answers),
    }),
  );
  emit("customer.created", customer);
  return customer;
}

/**
 * An address, a name and where to ship to are kept where the shop says so; an e-mail where there is none; a phone number
 * always (https://docs.stripe.com/payments/checkout/phone-numbers).
 */
function updateCustomer(
  session: CheckoutSession,
  customer: Customer,
  { answers, email }: Pick<Submission, "answers" | "email">,
  method: PaymentMethod | undefined,
): Customer {
  const { customerUpdate: update } = checkoutPlanOf(session);
  const address = method?.billing_details.address;
  const name = nameOf(answers, method);
  const shipping = shippingOf(answers);
  return customers.put({
    ...customer,
    ...(customer.email === null && email ? { email } : {}),
    ...(answers.phone ? { phone: answers.phone } : {}),
    ...(update.address === "auto" && address?.country ? { address } : {}),
    ...(update.name === "auto" ? { ...(name ? { name } : {}), ...namesOf(answers) } : {}),
    ...(update.shipping === "auto" && shipping ? { shipping } : {}),
  });
}

/** A buyer who is a business is kept under its name (https://docs.stripe.com/tax/checkout/tax-ids). */
const nameOf = ({ businessName, individualName }: Answers, method: PaymentMethod | undefined) =>
  businessName ?? individualName ?? method?.billing_details.name ?? null;

const namesOf = ({ businessName, individualName }: Answers): Partial<Customer> => ({
  ...(businessName ? { business_name: businessName } : {}),
  ...(individualName ? { individual_name: individualName } : {}),
});

const shippingOf = ({ phone, shipping }: Answers): Customer["shipping"] =>
  shipping && { ...shipping, phone: phone ?? "" };
