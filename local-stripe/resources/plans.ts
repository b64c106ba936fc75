import { z } from "zod";
import { CATALOG } from "../billing/behavior/sequences";
import { createPrice } from "../billing/catalog/prices";
import { call, list, type Resource } from "../kit/api";
import { invalid, missing } from "../kit/errors";
import { emit, inSequence } from "../kit/events";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import {
  amount,
  choice,
  currency,
  decimal,
  flag,
  group,
  integerFrom,
  mergeMetadata,
  metadata,
  optional,
  text,
  textUpTo,
} from "../kit/params";
import { tombstones } from "../kit/store";
import { type Price, planOf, prices } from "../objects/price";
import { buildProduct, products } from "../objects/product";
import { subscriptions } from "../objects/subscription";

/** The older face of recurring prices: the same rows under the same ids (https://docs.stripe.com/api/plans). */

const product = z.union([
  text,
  group({
    name: text,
    ...optional({ metadata, statement_descriptor: textUpTo(22), unit_label: textUpTo(12) }),
  }),
]);

export const planResource: Resource = {
  routes: {
    "POST /v1/plans": call(
      {
        currency,
        interval: choice("day", "week", "month", "year"),
        product,
        ...optional({
          active: flag,
          amount,
          amount_decimal: decimal,
          interval_count: integerFrom(1, 1095),
          metadata,
          nickname: text,
          trial_period_days: integerFrom(1, 730),
          usage_type: choice("licensed"),
        }),
      },
      ({ amount, amount_decimal, product, interval, interval_count, trial_period_days, ...given }) =>
        inSequence(CATALOG, () => {
          if (amount === undefined && amount_decimal === undefined) throw missing("amount");
          const recurring = { interval, interval_count, trial_period_days };
          const { usage_type: _, ...plain } = given;
          const price = createPrice(productOf(product), {
            ...plain,
            recurring,
            unit_amount: amount,
            unit_amount_decimal: amount_decimal,
          });
          return planOf(price);
        }),
    ),

    "GET /v1/plans": list(
      { ...createdParam, ...optional({ active: flag, product: idOf(products) }) },
      ({ active, product }) => prices.where({ active, product, type: "recurring" }).map(planOf),
    ),

    "GET /v1/plans/:id": call({}, (_, { id }) => planOf(findPlan(id))),

    "POST /v1/plans/:id": call(optional({ active: flag, metadata, nickname: text }), (given, { id }) => {
      const before = findPlan(id);
      const price = prices.put({
        ...before,
        ...given,
        metadata: mergeMetadata(before.metadata, given.metadata),
      });
      emit("plan.updated", planOf(price), planOf(before));
      emit("price.updated", price, before);
      return planOf(price);
    }),

    "DELETE /v1/plans/:id": call({}, (_, { id }) => {
      const price = findPlan(id);
      // Stripe lets subscribers keep a deleted plan; here their items would lose their price.
      if (subscriptions.where({ price: id }).length > 0) {
        throw invalid("Local Stripe deletes only a plan that nobody has subscribed to. Archive it instead.");
      }
      prices.delete(id);
      const gone: Price = { ...price, active: false };
      emit("plan.deleted", planOf(gone));
      emit("price.deleted", gone);
      return tombstones.put({ id, object: "plan", deleted: true });
    }),
  },
};

function findPlan(id: string) {
  const price = prices.get(id);
  return find({ get: () => (price?.recurring ? price : undefined), name: "plan" }, id);
}

function productOf(given: z.output<typeof product>): string {
  if (typeof given === "string") return find(products, given, "product").id;
  const made = products.put(buildProduct({ ...given, metadata: mergeMetadata({}, given.metadata) }));
  emit("product.created", made);
  return made.id;
}
