import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId, randomText } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type SetupIntent = Wire<Stripe.SetupIntent>;

export const setupIntents = new Table<SetupIntent, "customer" | "payment_method">("setup_intent", "seti_", {
  customer: (intent) => intent.customer,
  payment_method: (intent) => intent.payment_method,
});

export const noSetupOptions: SetupIntent["payment_method_options"] = {
  card: { mandate_options: null, network: null, request_three_d_secure: "automatic" },
};

export function buildSetupIntent(given: Partial<SetupIntent>): SetupIntent {
  const id = newId("seti_1");
  return {
    id,
    object: "setup_intent",
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(31)}`,
    created: now(),
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: noSetupOptions,
    payment_method_types: ["card"],
    single_use_mandate: null,
    status: "requires_payment_method",
    usage: "off_session",
    ...given,
  };
}
