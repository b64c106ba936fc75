import { changeCustomer, customerParams } from "../billing/actions/customer-changes";
import { deleteCustomer } from "../billing/actions/customers";
import { refuseCrowd } from "../billing/actions/test-clocks";
import { customerDiscountParams, discountCustomer } from "../billing/discounts/customer-discount";
import { noteBalance } from "../billing/payments/customer-balance";
import { attach, attachSource, findOrCreatePaymentMethod } from "../billing/payments/payment-methods";
import { isRegistered } from "../billing/tax/automatic-tax";
import { placeOf, placeOfAddress } from "../billing/tax/places";
import { createTaxId, taxIdParams } from "../billing/tax/tax-ids";
import { call, list, type Resource } from "../kit/api";
import { invalid, StripeError } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam, inlineList } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import { choice, group, listOf, optional, text } from "../kit/params";
import { search } from "../kit/search";
import { tombstones } from "../kit/store";
import { buildCustomer, type Customer, customers } from "../objects/customer";
import { METHOD_TYPES, paymentMethods } from "../objects/payment-method";
import { subscriptions } from "../objects/subscription";
import { hidingClocks, inTimeOf, onClock, testClocks } from "../objects/test-clock";
import { taxIdList } from "./tax-ids";

export const customerResource: Resource = {
  routes: {
    "POST /v1/customers": call(
      {
        ...customerParams,
        ...customerDiscountParams,
        ...optional({
          payment_method: text,
          source: text,
          tax_id_data: listOf(group(taxIdParams)),
          test_clock: text,
        }),
      },
      ({ payment_method, source, tax_id_data = [], test_clock = null, coupon, promotion_code, ...given }) => {
        if (test_clock) refuseCrowd(find(testClocks, test_clock, "test_clock").id);
        return onClock(test_clock, () => {
          const wanted = given.invoice_settings?.default_payment_method;
          const { id } = customers.put(changeCustomer(buildCustomer({ test_clock }), given));
          const method =
            payment_method && attach(findOrCreatePaymentMethod(payment_method, "payment_method"), id).id;
          // A shared id such as pm_card_visa became a payment method of its own when it was attached.
          const fallback = (wanted === payment_method ? method : wanted) || null;
          const { invoice_settings } = customers.must(id);
          const undiscounted = customers.update(id, {
            ...(source && { default_source: attachSource(source, id).id }),
            invoice_settings: { ...invoice_settings, default_payment_method: fallback },
          });
          const customer = customers.put(discountCustomer(undiscounted, { coupon, promotion_code }));
          noteBalance(0, customer, "initial");
          emit("customer.created", customer);
          for (const [at, one] of tax_id_data.entries()) createTaxId(id, one, `tax_id_data[${at}][value]`);
          return customer;
        });
      },
    ),

    "GET /v1/customers": list(
      { ...createdParam, ...optional({ email: text, test_clock: idOf(testClocks) }) },
      ({ email, test_clock }) => hidingClocks(customers.where({ email, test_clock }), test_clock),
    ),

    "GET /v1/customers/search": search(["created", "email", "metadata", "name", "phone"], () =>
      customers.all(),
    ),

    "GET /v1/customers/:id": call({}, (_, { id }) => tombstones.get(id) ?? find(customers, id)),

    "POST /v1/customers/:id": call(
      { ...customerParams, ...customerDiscountParams, ...optional({ source: text }) },
      ({ source, coupon, promotion_code, ...given }, { id }) => {
        const customer = find(customers, id);
        return inTimeOf(id, () => {
          const method = given.invoice_settings?.default_payment_method;
          if (method && paymentMethods.get(method)?.customer !== id) {
            throw invalid(
              "The customer does not have a payment method with the ID " +
                `${method}. The payment method must be attached to the customer.`,
              { code: "resource_missing", param: "invoice_settings[default_payment_method]" },
            );
          }
          const discounted = discountCustomer(customer, { coupon, promotion_code });
          const changed = customers.put(changeCustomer(discounted, given));
          const updated = source
            ? customers.put({ ...changed, default_source: attachSource(source, id).id })
            : changed;
          noteBalance(customer.balance, updated, "adjustment");
          emit("customer.updated", updated, customer);
          return updated;
        });
      },
    ),

    "DELETE /v1/customers/:id": call({}, (_, { id }) => {
      const customer = find(customers, id);
      return inTimeOf(id, () => deleteCustomer(customer));
    }),

    "GET /v1/customers/:id/payment_methods": list(
      optional({ type: choice(...METHOD_TYPES) }),
      ({ type }, { id }) => paymentMethods.where({ customer: find(customers, id).id, type }),
    ),
    "GET /v1/customers/:id/payment_methods/:nested": call({}, (_, { id, nested }) => {
      find(customers, id);
      const method = find(paymentMethods, nested);
      if (method.customer === id) return method;
      // Recorded: no word about the payment method, which is somebody else's.
      throw new StripeError(404, {
        type: "invalid_request_error",
        message: "Invalid request",
        param: "customer",
      });
    }),
  },

  expansions: {
    customer: {
      // Recorded: nobody holds credit.
      invoice_credit_balance: () => ({}),
      tax: taxOf,
      tax_ids: taxIdList,
      subscriptions: ({ id }: Customer) =>
        inlineList(
          `/v1/customers/${id}/subscriptions`,
          subscriptions.where({ customer: id }).filter((subscription) => subscription.ended_at === null),
        ),
    },
  },
};

/** Somebody without an address: recorded. Anybody else: type `Stripe.Customer.Tax`. */
function taxOf(customer: Customer): Customer["tax"] {
  const place = placeOf(customer);
  const shared = { ip_address: null, provider: "stripe" as const };
  if (!place) return { ...shared, automatic_tax: "unrecognized_location", location: null };
  const source = placeOfAddress(customer.shipping?.address) ? "shipping_destination" : "billing_address";
  const automatic_tax = isRegistered(place) ? "supported" : "not_collecting";
  return { ...shared, automatic_tax, location: { ...place, source } };
}
