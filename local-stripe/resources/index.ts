import type { Resource } from "../kit/api";
import { accountResource } from "./account";
import { activeEntitlementResource } from "./active-entitlements";
import { balanceResource } from "./balance";
import { balanceTransactionResource } from "./balance-transactions";
import { billingPortalConfigurationResource } from "./billing-portal-configurations";
import { billingPortalSessionResource } from "./billing-portal-sessions";
import { chargeResource } from "./charges";
import { checkoutSessionResource } from "./checkout-sessions";
import { couponResource } from "./coupons";
import { creditGrantResource } from "./credit-grants";
import { creditNoteResource } from "./credit-notes";
import { customerBalanceTransactionResource } from "./customer-balance-transactions";
import { customerResource } from "./customers";
import { discountResource } from "./discounts";
import { disputeResource } from "./disputes";
import { entitlementFeatureResource } from "./entitlement-features";
import { eventResource } from "./events";
import { invoiceItemResource } from "./invoice-items";
import { invoiceLineResource } from "./invoice-lines";
import { invoicePaymentResource } from "./invoice-payments";
import { invoicePreviewResource } from "./invoice-previews";
import { invoiceResource } from "./invoices";
import { meterEventResource } from "./meter-events";
import { meterResource } from "./meters";
import { paymentIntentResource } from "./payment-intents";
import { paymentMethodResource } from "./payment-methods";
import { paymentPageResource } from "./payment-pages";
import { payoutResource } from "./payouts";
import { planResource } from "./plans";
import { priceResource } from "./prices";
import { productFeatureResource } from "./product-features";
import { productResource } from "./products";
import { promotionCodeResource } from "./promotion-codes";
import { refundResource } from "./refunds";
import { setupIntentResource } from "./setup-intents";
import { shippingRateResource } from "./shipping-rates";
import { subscriptionItemResource } from "./subscription-items";
import { subscriptionPauseResource } from "./subscription-pauses";
import { subscriptionScheduleResource } from "./subscription-schedules";
import { subscriptionResource } from "./subscriptions";
import { taxIdResource } from "./tax-ids";
import { taxRateResource } from "./tax-rates";
import { taxRegistrationResource } from "./tax-registrations";
import { taxSettingsResource } from "./tax-settings";
import { testClockResource } from "./test-clocks";
import { webhookEndpointResource } from "./webhook-endpoints";

/** Everything that is served under `/v1`. */
export const resources: readonly Resource[] = [
  accountResource,
  activeEntitlementResource,
  balanceResource,
  balanceTransactionResource,
  billingPortalConfigurationResource,
  billingPortalSessionResource,
  chargeResource,
  checkoutSessionResource,
  couponResource,
  creditGrantResource,
  creditNoteResource,
  customerBalanceTransactionResource,
  customerResource,
  discountResource,
  disputeResource,
  entitlementFeatureResource,
  eventResource,
  invoiceItemResource,
  invoiceLineResource,
  invoicePaymentResource,
  // Before the invoices: its path would be one of theirs.
  invoicePreviewResource,
  invoiceResource,
  meterEventResource,
  meterResource,
  paymentIntentResource,
  paymentMethodResource,
  paymentPageResource,
  payoutResource,
  planResource,
  priceResource,
  productFeatureResource,
  productResource,
  promotionCodeResource,
  refundResource,
  setupIntentResource,
  shippingRateResource,
  subscriptionItemResource,
  subscriptionPauseResource,
  subscriptionResource,
  subscriptionScheduleResource,
  taxIdResource,
  taxRateResource,
  taxRegistrationResource,
  taxSettingsResource,
  testClockResource,
  webhookEndpointResource,
];
