import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId, randomText } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

type Sent = Wire<Stripe.PaymentIntent>;

/** Recorded: an intent that was made directly says null where the SDK's type has no such value. */
export type PaymentIntent = Omit<Sent, "payment_details"> & {
  readonly payment_details?: Sent["payment_details"] | null;
};

export const paymentIntents = new Table<PaymentIntent, "customer">("payment_intent", "pi_", {
  customer: (intent) => intent.customer,
});

export const noPaymentOptions: PaymentIntent["payment_method_options"] = {
  card: {
    installments: null,
    mandate_options: null,
    network: null,
    request_three_d_secure: "automatic",
  },
};

export function buildPaymentIntent(
  given: Partial<PaymentIntent> & Pick<PaymentIntent, "amount" | "currency">,
): PaymentIntent {
  const id = newId("pi_3");
  return {
    id,
    object: "payment_intent",
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic",
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: "automatic",
    created: now(),
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: noPaymentOptions,
    payment_method_types: ["card"],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
    ...given,
  };
}
