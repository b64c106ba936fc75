/**
 * Fields that may be asked for although they are null: what they would hold is an object, or refers to one (SDK types).
 * Any other null is refused as any other value would be (recorded for a customer's description).
 */
export const EXPANDABLE_WHEN_NULL = new Set(
  `address application application_fee applies_to automatic_payment_methods balance_transaction
   billing_cycle_anchor_config billing_thresholds business_profile cancellation_details card cash_balance charge checks
   collected_information configuration confirmation_secret consent consent_collection coupon coupon_offer
   currency_conversion current_trial custom_fields custom_unit_amount customer customer_address customer_details
   customer_shipping customer_update default_account_tax_ids default_payment_method default_price default_source
   default_tax_rates destination discount discount_amounts discounts failure_balance_transaction flow fraud_details
   from_invoice invoice invoice_creation invoice_settings issuer last_finalization_error last_payment_error
   last_setup_error latest_attempt latest_charge latest_invoice latest_revision managed_payments mandate meter
   network_data networks next_action on_behalf_of outcome package_dimensions parent pause_collection payment_intent
   payment_link payment_method payment_method_configuration_details payment_method_details payment_method_options
   payment_record payment_settings pending_invoice_item_interval pending_setup_intent pending_update pricing processing
   product products promotion_code recurring redirect rendering rendering_options restrictions review
   saved_payment_method_options schedule setup_intent shipping shipping_address_collection shipping_cost
   shipping_details shipping_rate single_use_mandate source source_transfer source_transfer_reversal status_details
   subscription subscription_cancel subscription_details subscription_pause subscription_update
   subscription_update_confirm tax tax_code tax_details tax_rates taxes test_clock three_d_secure three_d_secure_usage
   tiers total_details total_discount_amounts total_pretax_credit_amounts total_taxes transfer transfer_data
   transfer_reversal transform_quantity trial_settings wallet wallet_options`.split(/\s+/),
);
