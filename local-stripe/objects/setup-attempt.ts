import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import type { PaymentMethod } from "./payment-method";
import type { SetupIntent } from "./setup-intent";

export type SetupAttempt = Wire<Stripe.SetupAttempt>;

export const setupAttempts = new Table<SetupAttempt, "setup_intent">("setup_attempt", "setatt_", {
  setup_intent: (attempt) => attempt.setup_intent,
});

export function buildSetupAttempt(
  { customer, id, usage }: SetupIntent,
  method: PaymentMethod,
  given: Pick<SetupAttempt, "status" | "setup_error">,
): SetupAttempt {
  return {
    id: newId("setatt_1"),
    object: "setup_attempt",
    application: null,
    created: now(),
    customer,
    customer_account: null,
    flow_directions: null,
    livemode: false,
    on_behalf_of: null,
    payment_method: method.id,
    payment_method_details: detailsOf(method),
    setup_intent: id,
    usage,
    ...given,
  };
}

function detailsOf({ card, type }: PaymentMethod): SetupAttempt["payment_method_details"] {
  if (!card) return { type };
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } = card;
  const shown = {
    brand,
    checks,
    country,
    exp_month,
    exp_year,
    fingerprint: fingerprint ?? null,
    funding,
    last4,
  };
  return { type, card: { ...shown, network: brand, three_d_secure: null, wallet: null } };
}
