import { choice, emptyable, flag, group, integerFrom, listOf, optional, text } from "../../kit/params";

const prorationBehavior = choice("always_invoice", "create_prorations", "none");

const cancellationReason = group({
  enabled: flag,
  options: emptyable(
    listOf(
      choice(
        "customer_service",
        "low_quality",
        "missing_features",
        "other",
        "switched_service",
        "too_complex",
        "too_expensive",
        "unused",
      ),
    ),
  ),
});

const offeredProduct = group({
  prices: listOf(text),
  product: text,
  ...optional({
    adjustable_quantity: group({
      enabled: flag,
      ...optional({ maximum: integerFrom(1, 999_999), minimum: integerFrom(0, 999_999) }),
    }),
  }),
});

const conditions = listOf(group({ type: choice("decreasing_item_amount", "shortening_interval") }));

/** A configuration lets customers do this in the portal. */
export const portalFeatures = group(
  optional({
    customer_update: group({
      enabled: flag,
      ...optional({
        allowed_updates: emptyable(listOf(choice("address", "email", "name", "phone", "shipping", "tax_id"))),
      }),
    }),
    invoice_history: group({ enabled: flag }),
    payment_method_update: group({
      enabled: flag,
      ...optional({ payment_method_configuration: emptyable(text) }),
    }),
    subscription_cancel: group({
      enabled: flag,
      ...optional({
        cancellation_reason: cancellationReason,
        mode: choice("at_period_end", "immediately"),
        proration_behavior: prorationBehavior,
      }),
    }),
    subscription_pause: group(optional({ enabled: flag })),
    subscription_update: group({
      enabled: flag,
      ...optional({
        billing_cycle_anchor: choice("now", "unchanged"),
        default_allowed_updates: emptyable(listOf(choice("price", "promotion_code", "quantity"))),
        products: emptyable(listOf(offeredProduct, 10)),
        proration_behavior: prorationBehavior,
        schedule_at_period_end: group(optional({ conditions: emptyable(conditions) })),
        trial_update_behavior: choice("continue_trial", "end_trial"),
      }),
    }),
  }),
);
