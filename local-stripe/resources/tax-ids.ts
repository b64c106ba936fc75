import { createTaxId, deleteTaxId, taxIdParams } from "../billing/tax/tax-ids";
import { call, list, type Resource } from "../kit/api";
import { invalid, missing } from "../kit/errors";
import { inlineList } from "../kit/list";
import { find, notFound } from "../kit/lookup";
import { choice, group, optional, text } from "../kit/params";
import { type Customer, customers } from "../objects/customer";
import { type TaxId, taxIds } from "../objects/tax-id";
import { inTimeOf } from "../objects/test-clock";

const owner = group({
  type: choice("account", "application", "customer", "self"),
  ...optional({ account: text, customer: text }),
});

/** The customer whose id it is or is to be; null for the account itself. There are no other accounts. */
function ownerOf(given: { readonly type: string; readonly customer?: string | undefined } | undefined) {
  if (!given || given.type === "self") return null;
  if (given.type !== "customer") {
    throw invalid("There is no Connect in Local Stripe: `owner[type]` can be `self` or `customer`.", {
      param: "owner[type]",
    });
  }
  if (given.customer === undefined) throw missing("owner[customer]");
  return find(customers, given.customer, "owner[customer]").id;
}

function ofCustomer(customer: string, id: string): TaxId {
  const found = taxIds.get(id);
  if (found?.customer === find(customers, customer).id) return found;
  throw notFound("tax_id", id);
}

export const taxIdResource: Resource = {
  routes: {
    "POST /v1/tax_ids": call({ ...taxIdParams, ...optional({ owner }) }, ({ owner: given, ...wanted }) => {
      const customer = ownerOf(given);
      return inTimeOf(customer, () => createTaxId(customer, wanted));
    }),
    "GET /v1/tax_ids": list(optional({ owner }), ({ owner: given }) => {
      const customer = ownerOf(given);
      return customer ? taxIds.where({ customer }) : taxIds.where({ owner: "self" });
    }),
    "GET /v1/tax_ids/:id": call({}, (_, { id }) => find(taxIds, id)),
    "DELETE /v1/tax_ids/:id": call({}, (_, { id }) => deleteTaxId(find(taxIds, id))),

    "POST /v1/customers/:id/tax_ids": call(taxIdParams, (given, { id }) => {
      const customer = find(customers, id);
      return inTimeOf(id, () => createTaxId(customer.id, given));
    }),
    "GET /v1/customers/:id/tax_ids": list({}, (_, { id }) =>
      taxIds.where({ customer: find(customers, id).id }),
    ),
    "GET /v1/customers/:id/tax_ids/:nested": call({}, (_, { id, nested }) => ofCustomer(id, nested)),
    "DELETE /v1/customers/:id/tax_ids/:nested": call({}, (_, { id, nested }) =>
      inTimeOf(id, () => deleteTaxId(ofCustomer(id, nested))),
    ),
  },
};

export const taxIdList = ({ id }: Pick<Customer, "id">) =>
  inlineList(`/v1/customers/${id}/tax_ids`, taxIds.where({ customer: id }));
