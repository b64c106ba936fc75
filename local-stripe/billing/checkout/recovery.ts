import { account } from "../../kit/account";
import { now } from "../../kit/clock";
import { newId, randomText } from "../../kit/ids";
import {
  type Answers,
  buildCheckoutSession,
  type CheckoutSession,
  checkoutPlans,
  checkoutSessions,
  newSessionId,
} from "../../objects/checkout-session";
import { lineTaxRates } from "../../objects/line-rates";
import { DAY_SECONDS } from "../time/durations";
import { knownDetails, noDetails } from "./known-details";
import { openSession } from "./open-session";
import { discountSession, dropStaleDiscount, wantedOf } from "./session-discounts";

/** https://docs.stripe.com/payments/checkout/abandoned-carts */
const RECOVERABLE_DAYS = 30;

/** Keeps how to reach a customer who has agreed to that, in case they do not come back. */
export function keepContact(session: CheckoutSession, email: string, { promotions }: Answers): void {
  if (session.consent_collection?.promotions !== "auto") return;
  checkoutPlans.update(session.id, { contact: promotions ? email : null });
}

/** An expired session tells whom to write to, and where its purchase can be taken up again, if the shop asked for that. */
export function abandoned(session: CheckoutSession): CheckoutSession {
  const { contact } = checkoutPlans.must(session.id);
  if (!contact) return withRecovery(session);
  return withRecovery({
    ...session,
    consent: { promotions: "opt_in", terms_of_service: null },
    customer_details: { ...(session.customer_details ?? noDetails), email: contact },
  });
}

function withRecovery(session: CheckoutSession): CheckoutSession {
  const recovery = session.after_expiration?.recovery;
  if (!recovery?.enabled) return session;
  const url = `${account.origin}/r/test_${randomText(32)}`;
  const expires_at = now() + RECOVERABLE_DAYS * DAY_SECONDS;
  return { ...session, after_expiration: { recovery: { ...recovery, expires_at, url } } };
}

/**
 * The copy of an expired session, with nothing answered yet. While it is open the same link leads to it again
 * (inferred). Undefined for a link that has run out.
 */
export function recoverSession(expired: CheckoutSession): CheckoutSession | undefined {
  const recovery = expired.after_expiration?.recovery;
  if (!recovery || (recovery.expires_at ?? 0) <= now()) return undefined;
  const open = checkoutSessions.where({ recovered_from: expired.id, status: "open" })[0];
  if (open) return open;
  const id = newSessionId();
  const plan = checkoutPlans.must(expired.id);
  const lineItems = plan.lineItems.map((item) => {
    const copied = { ...item, id: newId("li_1") };
    const rates = lineTaxRates.get(item.id)?.rates;
    if (rates) lineTaxRates.put({ id: copied.id, rates });
    return copied;
  });
  checkoutPlans.put({ ...plan, contact: null, id, intent: null, lineItems, pending: null, place: null });
  const { client_secret: _, redirect_on_completion: __, return_url, url: ___, ...same } = expired;
  const copy = buildCheckoutSession({
    ...same,
    id,
    after_expiration: { recovery: { ...recovery, expires_at: null, url: null } },
    allow_promotion_codes: recovery.allow_promotion_codes,
    consent: null,
    customer_details: knownDetails(expired),
    created: now(),
    expires_at: now() + DAY_SECONDS,
    recovered_from: expired.id,
    setup_intent: null,
    status: "open",
    success_url: expired.success_url ?? return_url ?? null,
    ui_mode: "hosted_page",
  });
  return openSession(dropStaleDiscount(copy) ?? discountSession(copy, wantedOf(copy)));
}
