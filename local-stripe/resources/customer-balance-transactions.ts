import { moveBalance } from "../billing/payments/customer-balance";
import { call, list, type Resource } from "../kit/api";
import { invalid, noSuch } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import { currency, emptyable, integer, mergeMetadata, metadata, optional, text } from "../kit/params";
import { customers } from "../objects/customer";
import { customerBalanceTransactions } from "../objects/customer-balance-transaction";
import { inTimeOf } from "../objects/test-clock";

const terms = optional({ description: emptyable(text), metadata });

/** A transaction of this customer. */
function transactionOf(customer: string, id: string) {
  const transaction = customerBalanceTransactions.get(id);
  if (transaction?.customer !== find(customers, customer).id)
    throw noSuch("customer balance transaction", id);
  return transaction;
}

export const customerBalanceTransactionResource: Resource = {
  routes: {
    "POST /v1/customers/:id/balance_transactions": call(
      { amount: integer, currency, ...terms },
      ({ amount, currency, description, metadata }, { id }) => {
        const customer = find(customers, id);
        // The balance is one sum, in the currency that the customer is billed in (the words: inferred).
        if (customer.currency && customer.currency !== currency) {
          throw invalid(
            `The currency of the customer's balance is \`${customer.currency}\`; a transaction must have the same.`,
            { param: "currency" },
          );
        }
        return inTimeOf(id, () => {
          const made = moveBalance(id, amount, {
            currency,
            description: description ?? null,
            metadata: mergeMetadata({}, metadata),
            type: "adjustment",
          });
          emit("customer.updated", customers.must(id), customer);
          return made;
        });
      },
    ),

    "GET /v1/customers/:id/balance_transactions": list(
      { ...createdParam, ...optional({ invoice: text }) },
      ({ invoice }, { id }) =>
        customerBalanceTransactions
          .where({ customer: find(customers, id).id })
          .filter((one) => invoice === undefined || one.invoice === invoice),
    ),

    "GET /v1/customers/:id/balance_transactions/:nested": call({}, (_, { id, nested }) =>
      transactionOf(id, nested),
    ),

    "POST /v1/customers/:id/balance_transactions/:nested": call(
      terms,
      ({ description, metadata }, { id, nested }) => {
        const before = transactionOf(id, nested);
        return customerBalanceTransactions.put({
          ...before,
          ...(description === undefined ? {} : { description }),
          metadata: mergeMetadata(before.metadata ?? {}, metadata),
        });
      },
    ),
  },
};
