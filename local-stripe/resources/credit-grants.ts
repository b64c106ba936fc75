import { expireGrant, grantCredits, isOver, moveExpiry, voidGrant } from "../billing/credits/grants";
import { balanceOf, currencyOf } from "../billing/credits/ledger";
import { checkedScope, inScope, scopeParam } from "../billing/credits/scopes";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { missing } from "../kit/errors";
import { emit } from "../kit/events";
import { find, idOf } from "../kit/lookup";
import {
  choice,
  currency,
  emptyable,
  group,
  integerFrom,
  LARGEST_AMOUNT,
  mergeMetadata,
  metadata,
  optional,
  text,
  textUpTo,
  timestamp,
} from "../kit/params";
import { type CreditGrant, creditGrants, creditTransactions, moneyOf } from "../objects/credit-grant";
import { customers } from "../objects/customer";
import { hidingClocks, inTimeOf } from "../objects/test-clock";

const onGrant = (work: (grant: CreditGrant) => CreditGrant) =>
  call({}, (_, { id }) => {
    const grant = find(creditGrants, id);
    return inTimeOf(grant.customer, () => work(grant));
  });

/** The balances of a customer's grants, one a currency: of what there is, and of what can be used now. */
function balancesOf(grants: readonly CreditGrant[]) {
  return [...new Set(grants.map(currencyOf))].map((currency) => {
    const own = grants.filter((grant) => currencyOf(grant) === currency && !isOver(grant));
    const usable = own.filter(({ effective_at }) => (effective_at ?? 0) <= now());
    const sum = (some: readonly CreditGrant[]) => some.reduce((total, grant) => total + balanceOf(grant), 0);
    return {
      available_balance: moneyOf(sum(usable), currency),
      ledger_balance: moneyOf(sum(own), currency),
    };
  });
}

export const creditGrantResource: Resource = {
  routes: {
    "POST /v1/billing/credit_grants": call(
      {
        amount: group({
          type: choice("monetary"),
          monetary: group({ currency, value: integerFrom(1, LARGEST_AMOUNT) }),
        }),
        applicability_config: group({ scope: scopeParam }),
        customer: text,
        ...optional({
          category: choice("paid", "promotional"),
          effective_at: timestamp,
          expires_at: timestamp,
          metadata,
          name: textUpTo(100),
          priority: integerFrom(0, 100),
        }),
      },
      ({ applicability_config, metadata, ...given }) =>
        inTimeOf(find(customers, given.customer, "customer").id, () =>
          grantCredits({
            ...given,
            applicability_config: {
              scope: checkedScope(applicability_config.scope, "applicability_config[scope]"),
            },
            metadata: mergeMetadata({}, metadata),
          }),
        ),
    ),

    "GET /v1/billing/credit_grants": list(optional({ customer: idOf(customers) }), ({ customer }) =>
      hidingClocks(creditGrants.where({ customer }), customer),
    ),

    "GET /v1/billing/credit_grants/:id": call({}, (_, { id }) => find(creditGrants, id)),

    "POST /v1/billing/credit_grants/:id": call(
      optional({ expires_at: emptyable(timestamp), metadata }),
      ({ expires_at, metadata }, { id }) => {
        const grant = find(creditGrants, id);
        return inTimeOf(grant.customer, () => {
          const updated = creditGrants.put({
            ...grant,
            ...(expires_at === undefined ? {} : moveExpiry(grant, expires_at)),
            metadata: mergeMetadata(grant.metadata, metadata),
            updated: now(),
          });
          emit("billing.credit_grant.updated", updated, grant);
          return updated;
        });
      },
    ),

    "POST /v1/billing/credit_grants/:id/expire": onGrant(expireGrant),
    "POST /v1/billing/credit_grants/:id/void": onGrant(voidGrant),

    "GET /v1/billing/credit_balance_summary": call(
      {
        customer: text,
        filter: group({
          type: choice("applicability_scope", "credit_grant"),
          ...optional({ applicability_scope: scopeParam, credit_grant: text }),
        }),
      },
      ({ customer, filter }) => {
        const own = creditGrants.where({ customer: find(customers, customer, "customer").id });
        if (filter.type === "credit_grant" && !filter.credit_grant) throw missing("filter[credit_grant]");
        const named = filter.type === "credit_grant" ? filter.credit_grant : undefined;
        const grant = named && find(creditGrants, named, "filter[credit_grant]");
        const wanted = grant
          ? ({ id }: CreditGrant) => id === grant.id
          : inScope(checkedScope(filter.applicability_scope ?? {}, "filter[applicability_scope]"));
        return inTimeOf(customer, () => ({
          object: "billing.credit_balance_summary",
          balances: balancesOf(own.filter(wanted)),
          customer,
          customer_account: null,
          livemode: false,
        }));
      },
    ),

    "GET /v1/billing/credit_balance_transactions": list(
      optional({ credit_grant: text, customer: text }),
      ({ credit_grant, customer }) =>
        hidingClocks(creditTransactions.where({ credit_grant }), credit_grant, customer).filter(
          (transaction) =>
            customer === undefined || creditGrants.get(transaction.credit_grant)?.customer === customer,
        ),
    ),

    "GET /v1/billing/credit_balance_transactions/:id": call({}, (_, { id }) => find(creditTransactions, id)),
  },
};
