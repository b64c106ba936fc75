import type Stripe from "stripe";

/** By `object`: the SDK's type of everything that is served. A new object needs a line here. */
export interface Served {
  account: Stripe.Account;
  balance: Stripe.Balance;
  balance_transaction: Stripe.BalanceTransaction;
  "billing.credit_balance_summary": Stripe.Billing.CreditBalanceSummary;
  "billing.credit_balance_transaction": Stripe.Billing.CreditBalanceTransaction;
  "billing.credit_grant": Stripe.Billing.CreditGrant;
  "billing.meter": Stripe.Billing.Meter;
  "billing.meter_event": Stripe.Billing.MeterEvent;
  "billing.meter_event_adjustment": Stripe.Billing.MeterEventAdjustment;
  "billing.meter_event_summary": Stripe.Billing.MeterEventSummary;
  "billing_portal.configuration": Stripe.BillingPortal.Configuration;
  "billing_portal.session": Stripe.BillingPortal.Session;
  charge: Stripe.Charge;
  "checkout.session": Stripe.Checkout.Session;
  coupon: Stripe.Coupon | Stripe.DeletedCoupon;
  credit_note: Stripe.CreditNote;
  credit_note_line_item: Stripe.CreditNoteLineItem;
  customer: Stripe.Customer | Stripe.DeletedCustomer;
  customer_balance_transaction: Stripe.CustomerBalanceTransaction;
  discount: Stripe.Discount | Stripe.DeletedDiscount;
  dispute: Stripe.Dispute;
  event: Stripe.EventBase;
  invoice: Stripe.Invoice | Stripe.DeletedInvoice;
  invoice_payment: Stripe.InvoicePayment;
  invoiceitem: Stripe.InvoiceItem | Stripe.DeletedInvoiceItem;
  item: Stripe.LineItem;
  line_item: Stripe.InvoiceLineItem;
  list: Stripe.ApiList<unknown>;
  payment_intent: Stripe.PaymentIntent;
  payment_method: Stripe.PaymentMethod;
  plan: Stripe.Plan;
  price: Stripe.Price;
  product: Stripe.Product | Stripe.DeletedProduct;
  promotion_code: Stripe.PromotionCode;
  refund: Stripe.Refund;
  setup_attempt: Stripe.SetupAttempt;
  setup_intent: Stripe.SetupIntent;
  shipping_rate: Stripe.ShippingRate;
  subscription: Stripe.Subscription;
  subscription_item: Stripe.SubscriptionItem | Stripe.DeletedSubscriptionItem;
  subscription_schedule: Stripe.SubscriptionSchedule;
  "test_helpers.test_clock": Stripe.TestHelpers.TestClock | Stripe.TestHelpers.DeletedTestClock;
  "v2.billing.meter_event": Stripe.V2.Billing.MeterEvent;
  webhook_endpoint: Stripe.WebhookEndpoint | Stripe.DeletedWebhookEndpoint;
}
