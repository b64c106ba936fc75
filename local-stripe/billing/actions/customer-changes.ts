import type { z } from "zod";
import { account } from "../../kit/account";
import { invalid } from "../../kit/errors";
import { mergeGiven } from "../../kit/merge";
import {
  address,
  choice,
  email,
  emptyable,
  group,
  integer,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  text,
  textUpTo,
} from "../../kit/params";
import { type Customer, customers } from "../../objects/customer";

/** The parameters of a customer that can be given at the beginning and later. */
export const customerParams = optional({
  address: emptyable(address),
  balance: integer,
  description: emptyable(text),
  email: emptyable(email),
  invoice_prefix: text,
  invoice_settings: group(optional({ default_payment_method: emptyable(text), footer: emptyable(text) })),
  metadata,
  name: emptyable(textUpTo(256)),
  next_invoice_sequence: integer,
  phone: emptyable(textUpTo(20)),
  preferred_locales: listOf(text),
  shipping: emptyable(
    group(
      optional({
        address,
        carrier: emptyable(text),
        name: text,
        phone: emptyable(text),
        tracking_number: emptyable(text),
      }),
    ),
  ),
  tax_exempt: emptyable(choice("none", "reverse", "exempt")),
});

type Given = z.output<ReturnType<typeof group<typeof customerParams>>>;

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
const noShipping = { address: noAddress, name: null, phone: null };

/** Addresses are whole whatever was given of them, and a balance gives its customer a currency (recorded). */
export function changeCustomer(before: Customer, given: Given): Customer {
  const { address, invoice_settings = {}, metadata, shipping, tax_exempt, ...plain } = given;
  if (plain.invoice_prefix !== undefined) refusePrefix(plain.invoice_prefix, before.id);
  const after = { ...before, ...plain };
  return {
    ...after,
    ...(address === undefined
      ? {}
      : { address: address && mergeGiven(before.address ?? noAddress, address) }),
    ...(shipping === undefined ? {} : { shipping: shipping && shippingOf(before, shipping) }),
    ...(tax_exempt === undefined ? {} : { tax_exempt: tax_exempt ?? "none" }),
    currency: before.currency ?? (after.balance === 0 ? null : account.currency),
    invoice_settings: mergeGiven(before.invoice_settings, invoice_settings),
    metadata: mergeMetadata(before.metadata, metadata),
  };
}

/** Invoice numbers begin with it, so it is one customer's alone (recorded). */
function refusePrefix(prefix: string, id: string): void {
  if (!/^[A-Z0-9]{1,12}$/.test(prefix)) {
    throw invalid("Invoice number prefix must be 1–12 uppercase letters or numbers.");
  }
  const holder = customers.all().find((other) => other.invoice_prefix === prefix);
  if (!holder || holder.id === id) return;
  throw invalid(
    `This invoice number prefix is taken by customer: ${holder.id}. Please enter a different prefix.`,
    { param: "invoice_prefix" },
  );
}

const shippingOf = ({ shipping }: Customer, given: NonNullable<Given["shipping"]>) =>
  mergeGiven(shipping ?? noShipping, given) as Customer["shipping"];
