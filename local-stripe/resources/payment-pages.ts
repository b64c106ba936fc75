import { discountSession, enterCode } from "../billing/checkout/session-discounts";
import { dueToday, submitSession } from "../billing/checkout/submission";
import { cardError } from "../billing/payments/payment-intents";
import { findOrCreatePaymentMethod } from "../billing/payments/payment-methods";
import { call, type Resource } from "../kit/api";
import { invalid, StripeError } from "../kit/errors";
import { find } from "../kit/lookup";
import { amount, emptyable, optional, text } from "../kit/params";
import { checkoutSessions } from "../objects/checkout-session";

/** The private calls behind Stripe's own Checkout page: what a customer does there, without a browser. */
export const paymentPageResource: Resource = {
  routes: {
    "POST /v1/payment_pages/:id": call(
      optional({ promotion_code: emptyable(text) }),
      ({ promotion_code: typed }, { id }) => {
        const session = find(checkoutSessions, id);
        if (typed === undefined || !session.allow_promotion_codes) return session;
        if (typed === null) return discountSession(session, null);
        const entered = enterCode(session, typed);
        if (entered.kind === "applied") return entered.session;
        throw invalid(`This promotion code cannot be used here: ${entered.refusal}.`, {
          param: "promotion_code",
        });
      },
    ),

    "POST /v1/payment_pages/:id/confirm": call(
      optional({ expected_amount: amount, payment_method: text }),
      ({ expected_amount, payment_method }, { id }) => {
        const session = find(checkoutSessions, id);
        if (expected_amount !== undefined && expected_amount !== dueToday(session)) {
          throw invalid(
            `The amount expected (${expected_amount}) is not the amount of this session (${dueToday(session)}).`,
            { param: "expected_amount" },
          );
        }
        const method = payment_method ? findOrCreatePaymentMethod(payment_method, "payment_method") : null;
        const email = session.customer_details?.email ?? method?.billing_details.email ?? null;
        const outcome = submitSession(session, { payment_method: method?.id ?? null, email });
        if (outcome.kind === "complete") return outcome.session;
        if (outcome.kind === "authenticate") return checkoutSessions.must(id);
        if (outcome.intent.object === "payment_intent") throw cardError(outcome.intent, outcome.decline);
        const { code, message } = outcome.decline;
        throw new StripeError(402, { type: "card_error", code, message, setup_intent: outcome.intent });
      },
    ),
  },
};
