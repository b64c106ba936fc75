import { deleteCustomer } from "../billing/actions/customers";
import { refuseCrowd } from "../billing/actions/test-clocks";
import { setBalance } from "../billing/payments/customer-balance";
import { attach, findOrCreatePaymentMethod } from "../billing/payments/payment-methods";
import { call, list, type Resource } from "../kit/api";
import { invalid, noSuch } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam, inlineList } from "../kit/list";
import { find } from "../kit/lookup";
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
} from "../kit/params";
import { search } from "../kit/search";
import { tombstones } from "../kit/store";
import { buildCustomer, type Customer, customers } from "../objects/customer";
import { paymentMethods } from "../objects/payment-method";
import { subscriptions } from "../objects/subscription";
import { hidingClocks, inTimeOf, onClock, testClocks } from "../objects/test-clock";

const shared = optional({
  address: emptyable(address),
  balance: integer,
  description: emptyable(text),
  email: emptyable(email),
  invoice_prefix: textUpTo(12),
  invoice_settings: group(optional({ default_payment_method: emptyable(text), footer: emptyable(text) })),
  metadata,
  name: emptyable(textUpTo(256)),
  next_invoice_sequence: integer,
  phone: emptyable(textUpTo(20)),
  preferred_locales: listOf(text),
  tax_exempt: emptyable(choice("exempt", "none", "reverse")),
});

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

const wholeAddress = (given: Partial<NonNullable<Customer["address"]>> | null | undefined) =>
  given ? { ...noAddress, ...given } : null;

export const customerResource: Resource = {
  routes: {
    "POST /v1/customers": call(
      { ...shared, ...optional({ payment_method: text, test_clock: text }) },
      ({ payment_method, test_clock, invoice_settings, balance = 0, ...given }) => {
        if (test_clock) refuseCrowd(find(testClocks, test_clock, "test_clock").id);
        return onClock(test_clock ?? null, () => {
          const built = buildCustomer({
            ...given,
            address: wholeAddress(given.address),
            metadata: mergeMetadata({}, given.metadata),
            tax_exempt: given.tax_exempt ?? "none",
            test_clock: test_clock ?? null,
          });
          const { id } = customers.put(built);
          const method =
            payment_method && attach(findOrCreatePaymentMethod(payment_method, "payment_method"), id).id;
          const wanted = invoice_settings?.default_payment_method;
          // A shared id such as pm_card_visa became a payment method of its own when it was attached.
          const fallback = wanted === payment_method ? method : wanted;
          const settings = {
            ...built.invoice_settings,
            ...invoice_settings,
            default_payment_method: fallback || null,
          };
          const customer = setBalance(
            customers.update(id, { invoice_settings: settings }),
            balance,
            "initial",
          );
          emit("customer.created", customer);
          return customer;
        });
      },
    ),

    "GET /v1/customers": list(
      { ...createdParam, ...optional({ email: text, test_clock: text }) },
      ({ email, test_clock }) => hidingClocks(customers.where({ email, test_clock }), test_clock),
    ),

    "GET /v1/customers/search": search(["created", "email", "metadata", "name", "phone"], () =>
      customers.all(),
    ),

    "GET /v1/customers/:id": call({}, (_, { id }) => tombstones.get(id) ?? find(customers, id)),

    "POST /v1/customers/:id": call(shared, ({ invoice_settings, balance, ...given }, { id }) => {
      const customer = find(customers, id);
      return inTimeOf(id, () => {
        const method = invoice_settings?.default_payment_method;
        if (method && paymentMethods.get(method)?.customer !== id) {
          throw invalid(
            "The customer does not have a payment method with the ID " +
              `${method}. The payment method must be attached to the customer.`,
            { code: "resource_missing", param: "invoice_settings[default_payment_method]" },
          );
        }
        const changed = customers.put({
          ...customer,
          ...given,
          address: given.address === undefined ? customer.address : wholeAddress(given.address),
          invoice_settings: { ...customer.invoice_settings, ...invoice_settings },
          metadata: mergeMetadata(customer.metadata, given.metadata),
        });
        const updated = setBalance(changed, balance ?? customer.balance, "adjustment");
        emit("customer.updated", updated, customer);
        return updated;
      });
    }),

    "DELETE /v1/customers/:id": call({}, (_, { id }) => {
      const customer = find(customers, id);
      return inTimeOf(id, () => deleteCustomer(customer));
    }),

    "GET /v1/customers/:id/payment_methods": list(
      optional({ type: choice("card", "us_bank_account") }),
      ({ type }, { id }) => paymentMethods.where({ customer: find(customers, id).id, type }),
    ),
    "GET /v1/customers/:id/payment_methods/:nested": call({}, (_, { id, nested }) => {
      const method = paymentMethods.get(nested);
      if (method?.customer !== find(customers, id).id) throw noSuch("PaymentMethod", nested);
      return method;
    }),
  },

  expansions: {
    customer: {
      subscriptions: ({ id }: Customer) =>
        inlineList(
          `/v1/customers/${id}/subscriptions`,
          subscriptions.where({ customer: id }).filter((subscription) => subscription.ended_at === null),
        ),
    },
  },
};
