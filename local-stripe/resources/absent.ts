import type { AbsentPart } from "../kit/absent";

/** Every call of Stripe's API that is not served, in the order of the README's table. */
export const absentParts: readonly AbsentPart[] = [
  {
    name: "Connect",
    calls: [
      "/v1/account_links",
      "/v1/account_sessions",
      "/v1/accounts",
      "/v1/application_fees",
      "/v1/country_specs",
      "/v1/transfers",
      "/v2/core/account_links",
      "/v2/core/account_tokens",
      "/v2/core/accounts",
    ],
  },
  { name: "Issuing", calls: ["/v1/issuing", "/v1/test_helpers/issuing"] },
  { name: "Terminal", calls: ["/v1/terminal", "/v1/test_helpers/terminal"] },
  { name: "Treasury", calls: ["/v1/treasury", "/v1/test_helpers/treasury"] },
  {
    name: "money management",
    calls: ["/v2/money_management", "/v2/test_helpers/money_management", "/v2/core/vault"],
  },
  { name: "Identity", calls: ["/v1/identity"] },
  { name: "Financial Connections", calls: ["/v1/financial_connections"] },
  { name: "Radar", calls: ["/v1/radar", "/v1/reviews"] },
  { name: "Climate", calls: ["/v1/climate"] },
  { name: "apps", calls: ["/v1/apps"] },
  { name: "forwarding of requests", calls: ["/v1/forwarding"] },
  { name: "Sigma and reports", calls: ["/v1/reporting", "/v1/sigma"] },
  { name: "files", calls: ["/v1/files", "/v1/file_links"] },
  { name: "Payment Links", calls: ["/v1/payment_links"] },
  { name: "Quotes", calls: ["/v1/quotes"] },
  { name: "invoice templates", calls: ["/v1/invoice_rendering_templates"] },
  { name: "payments attached to invoices", calls: ["POST /v1/invoices/*/attach_payment"] },
  {
    name: "tax calculations",
    calls: ["/v1/tax/associations", "/v1/tax/calculations", "/v1/tax/locations", "/v1/tax/transactions"],
  },
  { name: "tax codes", calls: ["/v1/tax_codes"] },
  { name: "trial offers", calls: ["/v1/product_catalog", "/v2/commerce/product_catalog"] },
  { name: "billing alerts", calls: ["/v1/billing/alerts"] },
  { name: "feedback options", calls: ["/v1/billing/feedback_options"] },
  {
    name: "streams of meter events",
    calls: [
      "/v2/billing/meter_event_adjustments",
      "/v2/billing/meter_event_session",
      "/v2/billing/meter_event_stream",
    ],
  },
  { name: "migration to another billing mode", calls: ["/v1/subscriptions/*/migrate"] },
  { name: "Customer Sessions", calls: ["/v1/customer_sessions", "/v1/ephemeral_keys"] },
  {
    name: "cash balances",
    calls: [
      "/v1/customers/*/cash_balance",
      "/v1/customers/*/cash_balance_transactions",
      "/v1/customers/*/funding_instructions",
      "/v1/payment_intents/*/apply_customer_balance",
      "/v1/test_helpers/customers/*/fund_cash_balance",
    ],
  },
  { name: "sources and tokens", calls: ["/v1/customers/*/sources", "/v1/sources", "/v1/tokens"] },
  {
    name: "confirmation tokens",
    calls: ["/v1/confirmation_tokens", "/v1/test_helpers/confirmation_tokens"],
  },
  { name: "charges without a PaymentIntent", calls: ["POST /v1/charges"] },
  {
    name: "line items and increments of PaymentIntents",
    calls: [
      "/v1/payment_intents/*/amount_details_line_items",
      "/v1/payment_intents/*/increment_authorization",
    ],
  },
  {
    name: "microdeposits",
    calls: ["/v1/payment_intents/*/verify_microdeposits", "/v1/setup_intents/*/verify_microdeposits"],
  },
  { name: "mandates", calls: ["/v1/mandates"] },
  { name: "refunds that wait for the customer", calls: ["/v1/test_helpers/refunds"] },
  { name: "payments made elsewhere", calls: ["/v1/payment_attempt_records", "/v1/payment_records"] },
  {
    name: "configuration of payment methods",
    calls: ["/v1/apple_pay", "/v1/payment_method_configurations", "/v1/payment_method_domains"],
  },
  { name: "standalone 3D Secure", calls: ["/v1/three_d_secure"] },
  {
    name: "payouts and top-ups",
    calls: ["/v1/balance_settings", "POST /v1/payouts/*", "/v1/topups"],
  },
  { name: "exchange rates", calls: ["/v1/exchange_rates"] },
  {
    name: "event destinations and thin events",
    calls: ["/v2/core/event_destinations", "/v2/core/events"],
  },
];
