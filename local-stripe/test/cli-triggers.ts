/**
 * The triggers of Stripe's own CLI (https://github.com/stripe/stripe-cli, pkg/fixtures/triggers): which calls it makes to
 * bring about which event. A line is a name for the answer, the call with its parameters and, after `=>`, the error that
 * the CLI expects; `{name.id}` is taken from an earlier answer.
 */
export type Trigger = readonly string[];

const CUSTOMER = "customer: POST /v1/customers description=Ada";
const PRODUCT = "product: POST /v1/products name=Pro&description=Everything";
const MONTHLY =
  "price: POST /v1/prices product={product.id}&unit_amount=1500&currency=usd&recurring[interval]=month";
const TAX_RATE =
  "rate: POST /v1/tax_rates display_name=VAT&description=VAT Germany&percentage=19&jurisdiction=DE&inclusive=false";
const COUPON = "coupon: POST /v1/coupons percent_off=20";
const METADATA = "metadata[foo]=bar";

const paying = (more: string) =>
  `intent: POST /v1/payment_intents amount=2000&currency=usd&payment_method_types[]=card&confirm=true&${more}`;
const SHIPPING =
  "[name]=Ada&shipping[address][line1]=510 Townsend St&shipping[address][postal_code]=94103&shipping[address][city]=San Francisco&shipping[address][state]=CA&shipping[address][country]=US";

const DISPUTED = [
  paying("payment_method=pm_card_createDisputeInquiry"),
  "disputes: GET /v1/disputes payment_intent={intent.id}",
];
const REFUNDED = [
  paying("payment_method=pm_card_visa"),
  "refund: POST /v1/refunds payment_intent={intent.id}",
];

const INVOICE_ITEM = "item: POST /v1/invoiceitems amount=2000&currency=usd&customer={customer.id}";
const invoiceWith = (more = "") =>
  `invoice: POST /v1/invoices customer={customer.id}&pending_invoice_items_behavior=include${more}`;
const INVOICED = [CUSTOMER, INVOICE_ITEM, invoiceWith()];
const FINALIZED = [...INVOICED, "finalized: POST /v1/invoices/{invoice.id}/finalize"];
const CREDITED = [
  ...FINALIZED,
  "note: POST /v1/credit_notes invoice={invoice.id}&lines[0][type]=custom_line_item&lines[0][unit_amount]=1000&lines[0][quantity]=1&lines[0][description]=Sorry",
];
const invoicePaidBy = (card: string, refusal = "") => [
  CUSTOMER,
  `method: POST /v1/payment_methods/${card}/attach customer={customer.id}`,
  INVOICE_ITEM,
  invoiceWith(),
  `paid: POST /v1/invoices/{invoice.id}/pay payment_method={method.id}${refusal}`,
];

const subscribed = (more = "") =>
  `subscription: POST /v1/subscriptions customer={customer.id}&items[0][price]={price.id}${more}`;
const SUBSCRIBED = [
  "customer: POST /v1/customers payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa",
  PRODUCT,
  MONTHLY,
  subscribed(),
];
const subscribedBy = (token: string) => [
  `method: POST /v1/payment_methods type=card&card[token]=${token}`,
  CUSTOMER,
  "attached: POST /v1/payment_methods/{method.id}/attach customer={customer.id}",
  "chosen: POST /v1/customers/{customer.id} invoice_settings[default_payment_method]={method.id}",
  PRODUCT,
  MONTHLY,
  subscribed(),
  "invoice: GET /v1/invoices/{subscription.latest_invoice}",
];

const SCHEDULED = [
  "customer: POST /v1/customers source=tok_visa",
  PRODUCT,
  MONTHLY,
  "schedule: POST /v1/subscription_schedules customer={customer.id}&start_date=now&phases[0][iterations]=1&phases[0][items][0][price]={price.id}&phases[0][items][0][quantity]=1&phases[1][iterations]=1&phases[1][items][0][price]={price.id}&phases[1][items][0][quantity]=2",
];
const CLOCK = "clock: POST /v1/test_helpers/test_clocks frozen_time=1577836800";
const advanced = (to: number) =>
  `advanced: POST /v1/test_helpers/test_clocks/{clock.id}/advance frozen_time=${to}`;
const scheduledOnClock = (end: string) => [
  CLOCK,
  "customer: POST /v1/customers test_clock={clock.id}",
  PRODUCT,
  MONTHLY,
  `schedule: POST /v1/subscription_schedules customer={customer.id}&start_date=1577836800&phases[0][items][0][price]={price.id}&phases[0][items][0][quantity]=1&${end}`,
];

const ONCE = "price: POST /v1/prices product={product.id}&unit_amount=1500&currency=usd";
const session = (more = "") =>
  `session: POST /v1/checkout/sessions mode=payment&success_url=https://example.com&cancel_url=https://example.com&line_items[0][price]={price.id}&line_items[0][quantity]=2${more}`;
const checkedOutBy = (price: string, wanted: string, method: string) => [
  PRODUCT,
  price,
  session(
    `${wanted}&payment_intent_data[shipping]${SHIPPING.replaceAll("&shipping", "&payment_intent_data[shipping]")}`,
  ),
  "page: GET /v1/payment_pages/{session.id}",
  `method: POST /v1/payment_methods billing_details[email]=ada@example.com&billing_details[name]=Ada&${method}`,
  "confirmed: POST /v1/payment_pages/{session.id}/confirm payment_method={method.id}&expected_amount=3000",
];

const debited = (iban: string) =>
  checkedOutBy(
    ONCE.replace("usd", "eur"),
    "&payment_method_types[]=sepa_debit&payment_intent_data[setup_future_usage]=off_session",
    `type=sepa_debit&sepa_debit[iban]=${iban}`,
  );

const PORTAL =
  "portal: POST /v1/billing_portal/configurations business_profile[headline]=Hello&business_profile[privacy_policy_url]=https://example.com&features[subscription_cancel][enabled]=true";
const PLAN = "plan: POST /v1/plans currency=usd&interval=month&amount=2000&product[name]=Pro";
const CODE = "code: POST /v1/promotion_codes coupon={coupon.id}";
const DISCOUNTED = [COUPON, "customer: POST /v1/customers coupon={coupon.id}"];

/** By the event that comes of it. */
export const TRIGGERS: Readonly<Record<string, Trigger>> = {
  "billing_portal.configuration.created": [PORTAL],
  "billing_portal.configuration.updated": [
    PORTAL,
    `updated: POST /v1/billing_portal/configurations/{portal.id} ${METADATA}`,
  ],
  "billing_portal.session.created": [
    CUSTOMER,
    "session: POST /v1/billing_portal/sessions customer={customer.id}",
  ],
  "charge.captured": [
    paying("payment_method=pm_card_visa&capture_method=manual"),
    "captured: POST /v1/payment_intents/{intent.id}/capture",
  ],
  "charge.dispute.closed": [...DISPUTED, "closed: POST /v1/disputes/{disputes.data.0.id}/close"],
  "charge.dispute.created": DISPUTED.slice(0, 1),
  "charge.dispute.updated": [...DISPUTED, `updated: POST /v1/disputes/{disputes.data.0.id} ${METADATA}`],
  "charge.failed": [paying("payment_method=pm_card_visa_chargeDeclined => card_error")],
  "charge.refund.updated": [...REFUNDED, "updated: POST /v1/refunds/{refund.id} metadata[order_id]=6735"],
  "charge.refunded": REFUNDED,
  "charge.succeeded": [paying("payment_method=pm_card_visa")],
  "checkout.session.async_payment_failed": debited("IT60X0542811101000000123456"),
  "checkout.session.async_payment_succeeded": debited("AT611904300234573201"),
  "checkout.session.completed": checkedOutBy(ONCE, "", "type=card&card[token]=tok_visa"),
  "checkout.session.expired": [
    PRODUCT,
    ONCE,
    session(),
    "expired: POST /v1/checkout/sessions/{session.id}/expire",
  ],
  "coupon.created": [COUPON],
  "coupon.deleted": [COUPON, "deleted: DELETE /v1/coupons/{coupon.id}"],
  "coupon.updated": [COUPON, `updated: POST /v1/coupons/{coupon.id} ${METADATA}`],
  "credit_note.created": CREDITED,
  "credit_note.updated": [...CREDITED, `updated: POST /v1/credit_notes/{note.id} ${METADATA}`],
  "credit_note.voided": [...CREDITED, "voided: POST /v1/credit_notes/{note.id}/void"],
  "customer.created": [CUSTOMER],
  "customer.deleted": [CUSTOMER, "deleted: DELETE /v1/customers/{customer.id}"],
  "customer.discount.created": DISCOUNTED,
  "customer.discount.deleted": [...DISCOUNTED, "updated: POST /v1/customers/{customer.id} coupon="],
  "customer.discount.updated": [
    ...DISCOUNTED,
    "other: POST /v1/coupons percent_off=30",
    "updated: POST /v1/customers/{customer.id} coupon={other.id}",
  ],
  "customer.subscription.created": SUBSCRIBED,
  "customer.subscription.deleted": [...SUBSCRIBED, "deleted: DELETE /v1/subscriptions/{subscription.id}"],
  "customer.subscription.paused": [
    CUSTOMER,
    PRODUCT,
    MONTHLY,
    subscribed("&trial_period_days=7&trial_settings[end_behavior][missing_payment_method]=pause"),
    "ended: POST /v1/subscriptions/{subscription.id} trial_end=now",
  ],
  "customer.subscription.trial_will_end": [CUSTOMER, PRODUCT, MONTHLY, subscribed("&trial_period_days=1")],
  "customer.subscription.updated": [
    ...SUBSCRIBED,
    `updated: POST /v1/subscriptions/{subscription.id} ${METADATA}`,
  ],
  "customer.updated": [CUSTOMER, `updated: POST /v1/customers/{customer.id} ${METADATA}`],
  "invoice.created": INVOICED,
  "invoice.deleted": [...INVOICED, "deleted: DELETE /v1/invoices/{invoice.id}"],
  "invoice.finalized": FINALIZED,
  "invoice.marked_uncollectible": [...FINALIZED, "marked: POST /v1/invoices/{invoice.id}/mark_uncollectible"],
  "invoice.paid": invoicePaidBy("pm_card_visa"),
  "invoice.payment_succeeded": invoicePaidBy("pm_card_visa"),
  "invoice.payment_action_required": invoicePaidBy("pm_card_threeDSecure2Required", " => card_error"),
  "invoice.payment_failed": invoicePaidBy("pm_card_chargeCustomerFail", " => card_error"),
  "invoice.sent": [
    "customer: POST /v1/customers email=bob@example.com",
    INVOICE_ITEM,
    invoiceWith("&collection_method=send_invoice&days_until_due=7"),
    "sent: POST /v1/invoices/{invoice.id}/send",
  ],
  "invoice.updated": [...INVOICED, `updated: POST /v1/invoices/{invoice.id} ${METADATA}`],
  "invoice.voided": [...FINALIZED, "voided: POST /v1/invoices/{invoice.id}/void"],
  "invoiceitem.created": [CUSTOMER, INVOICE_ITEM],
  "invoiceitem.deleted": [CUSTOMER, INVOICE_ITEM, "deleted: DELETE /v1/invoiceitems/{item.id}"],
  "payment_intent.amount_capturable_updated": [
    paying(
      "payment_method=pm_card_visa&capture_method=manual&confirmation_method=manual&return_url=https://example.com",
    ),
  ],
  "payment_intent.canceled": [
    "intent: POST /v1/payment_intents amount=2000&currency=usd",
    "canceled: POST /v1/payment_intents/{intent.id}/cancel cancellation_reason=requested_by_customer",
  ],
  "payment_intent.created": [
    "intent: POST /v1/payment_intents amount=2000&currency=usd&payment_method_types[]=card",
  ],
  "payment_intent.payment_failed": [paying("payment_method=pm_card_chargeDeclined => card_error")],
  "payment_intent.processing": [
    "method: POST /v1/payment_methods type=sepa_debit&sepa_debit[iban]=AT321904300235473204&billing_details[name]=Bob&billing_details[email]=bob@example.com",
    "intent: POST /v1/payment_intents amount=1000&currency=eur&payment_method={method.id}&payment_method_types[]=sepa_debit&confirm=true&mandate_data[customer_acceptance][accepted_at]=1590590577&mandate_data[customer_acceptance][type]=offline",
  ],
  "payment_intent.requires_action": [paying("payment_method=pm_card_authenticationRequired")],
  "payment_intent.succeeded": [paying(`payment_method=pm_card_visa&shipping${SHIPPING}`)],
  "payment_method.attached": [
    CUSTOMER,
    "method: POST /v1/payment_methods/pm_card_visa/attach customer={customer.id}",
  ],
  "payment_method.detached": [
    CUSTOMER,
    "method: POST /v1/payment_methods/pm_card_visa/attach customer={customer.id}",
    "detached: POST /v1/payment_methods/{method.id}/detach",
  ],
  "payment_method.updated": [
    CUSTOMER,
    "setup: POST /v1/setup_intents customer={customer.id}&payment_method=pm_card_visa&confirm=true",
    `updated: POST /v1/payment_methods/{setup.payment_method} ${METADATA}`,
  ],
  "plan.created": [PLAN],
  "plan.deleted": [PLAN, "deleted: DELETE /v1/plans/{plan.id}"],
  "plan.updated": [PLAN, `updated: POST /v1/plans/{plan.id} ${METADATA}`],
  "price.created": [PRODUCT, MONTHLY],
  "price.updated": [PRODUCT, MONTHLY, `updated: POST /v1/prices/{price.id} ${METADATA}`],
  "product.created": [PRODUCT],
  "product.deleted": [PRODUCT, "deleted: DELETE /v1/products/{product.id}"],
  "product.updated": [PRODUCT, `updated: POST /v1/products/{product.id} ${METADATA}`],
  "promotion_code.created": [COUPON, CODE],
  "promotion_code.updated": [COUPON, CODE, `updated: POST /v1/promotion_codes/{code.id} ${METADATA}`],
  "tax_rate.created": [TAX_RATE],
  "tax_rate.updated": [TAX_RATE, `updated: POST /v1/tax_rates/{rate.id} ${METADATA}`],
  "setup_intent.canceled": [
    "setup: POST /v1/setup_intents payment_method_types[]=card",
    "canceled: POST /v1/setup_intents/{setup.id}/cancel cancellation_reason=requested_by_customer",
  ],
  "setup_intent.created": ["setup: POST /v1/setup_intents payment_method_types[]=card"],
  "setup_intent.requires_action": [
    "setup: POST /v1/setup_intents confirm=true&payment_method=pm_card_authenticationRequired",
  ],
  "setup_intent.setup_failed": [
    "setup: POST /v1/setup_intents confirm=true&payment_method_types[]=card&payment_method=pm_card_chargeDeclined => card_error",
  ],
  "setup_intent.succeeded": [
    "setup: POST /v1/setup_intents confirm=true&payment_method_types[]=card&payment_method=pm_card_visa",
  ],
  "subscription.payment_failed": subscribedBy("tok_chargeCustomerFail"),
  "subscription.payment_succeeded": subscribedBy("tok_visa"),
  "subscription_schedule.aborted": [
    ...SCHEDULED.slice(0, 3),
    "schedule: POST /v1/subscription_schedules customer={customer.id}&start_date=1893456000&phases[0][items][0][price]={price.id}&phases[0][items][0][quantity]=1",
    "canceled: POST /v1/subscription_schedules/{schedule.id}/cancel prorate=false&invoice_now=false",
  ],
  "subscription_schedule.canceled": [
    ...SCHEDULED,
    "canceled: POST /v1/subscription_schedules/{schedule.id}/cancel",
  ],
  "subscription_schedule.completed": [
    ...scheduledOnClock("phases[0][iterations]=1&end_behavior=release"),
    advanced(1580515200),
  ],
  "subscription_schedule.created": SCHEDULED,
  "subscription_schedule.expiring": [
    ...scheduledOnClock("phases[0][end_date]=1580256000&end_behavior=cancel"),
    advanced(1579478400),
  ],
  "subscription_schedule.released": [
    ...SCHEDULED,
    "released: POST /v1/subscription_schedules/{schedule.id}/release",
  ],
  "subscription_schedule.updated": [
    ...SCHEDULED,
    `updated: POST /v1/subscription_schedules/{schedule.id} ${METADATA}`,
  ],
  "test_helpers.test_clock.advancing": [CLOCK, advanced(1580515200)],
  "test_helpers.test_clock.created": [CLOCK],
  "test_helpers.test_clock.deleted": [CLOCK, "deleted: DELETE /v1/test_helpers/test_clocks/{clock.id}"],
  "test_helpers.test_clock.ready": [CLOCK, advanced(1580515200)],
};

/** The names under which the CLI triggers another event. */
export const ALIASES: Readonly<Record<string, string>> = {
  "subscription.payment_failed": "invoice.payment_failed",
  "subscription.payment_succeeded": "invoice.payment_succeeded",
};

/** The call at which a trigger ends here, by what the error says is not there. */
export const BEYOND: readonly (readonly [name: string, call: string, part: string])[] = [
  ["account.application.deauthorized", "POST /v1/accounts", "Connect"],
  ["account.updated", "POST /v1/accounts", "Connect"],
  [
    "cash_balance.funds_available",
    "POST /v1/test_helpers/customers/cus_1/fund_cash_balance",
    "cash balances",
  ],
  ["customer.source.created", "POST /v1/customers/cus_1/sources", "sources and tokens"],
  ["customer.source.updated", "POST /v1/customers/cus_1/sources", "sources and tokens"],
  ["identity.verification_session.created", "POST /v1/identity/verification_sessions", "Identity"],
  ["identity.verification_session.canceled", "POST /v1/identity/verification_sessions", "Identity"],
  ["identity.verification_session.redacted", "POST /v1/identity/verification_sessions", "Identity"],
  ["issuing_authorization.request", "POST /v1/issuing/cardholders", "Issuing"],
  ["issuing_card.created", "POST /v1/issuing/cardholders", "Issuing"],
  ["issuing_cardholder.created", "POST /v1/issuing/cardholders", "Issuing"],
  ["issuing_transaction.created", "POST /v1/issuing/cardholders", "Issuing"],
  ["payment_link.created", "POST /v1/payment_links", "Payment Links"],
  ["payment_link.updated", "POST /v1/payment_links", "Payment Links"],
  ["quote.created", "POST /v1/quotes", "Quotes"],
  ["quote.finalized", "POST /v1/quotes", "Quotes"],
  ["quote.accepted", "POST /v1/quotes", "Quotes"],
  ["quote.canceled", "POST /v1/quotes", "Quotes"],
  ["reporting.report_run.succeeded", "POST /v1/reporting/report_runs", "Sigma and reports"],
  ["topup.created", "POST /v1/topups", "payouts and top-ups"],
  ["transfer.created", "POST /v1/accounts", "Connect"],
  ["transfer.reversed", "POST /v1/accounts", "Connect"],
  ["transfer.updated", "POST /v1/accounts", "Connect"],
  [
    "v1.billing.meter.error_report_triggered",
    "POST /v2/billing/meter_event_session",
    "streams of meter events",
  ],
  ["v1.billing.meter.no_meter_found", "POST /v2/billing/meter_event_session", "streams of meter events"],
];
