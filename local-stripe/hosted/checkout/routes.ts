import { type Context, Hono } from "hono";
import { chooseQuantity } from "../../billing/checkout/quantities";
import { discountSession, dropStaleDiscount, enterCode } from "../../billing/checkout/session-discounts";
import {
  authenticateSession,
  needsMethod,
  type Outcome,
  submitSession,
} from "../../billing/checkout/submission";
import { byItself, transaction } from "../../kit/transaction";
import { type CheckoutSession, checkoutPlans, checkoutSessions } from "../../objects/checkout-session";
import type { Values } from "../card-form";
import { notice, redirect } from "../layout";
import { refusalText } from "../promotion-box";
import { beforeRedirect } from "../redirects";
import { challenge } from "../three-d-secure";
import { addressMistakes } from "./billing-address";
import { readBusiness } from "./business";
import { readMethod } from "./method-choice";
import { checkoutView } from "./view";

const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** Stripe's hosted Checkout: what a customer sees between the shop's button and the shop's success page. */
export const checkoutPage = new Hono();

checkoutPage.get(
  "/c/pay/:id",
  whileOpen((session) => checkoutView(session, { values: {}, mistakes: {} })),
);

checkoutPage.post(
  "/c/pay/:id",
  whileOpen((session, values) => {
    const email = session.customer_details?.email ?? values.email?.trim() ?? "";
    const read = needsMethod(session) ? readMethod(session, values) : { mistakes: {} };
    const mistakes = {
      ...(EMAIL.test(email) ? {} : { email: "Enter your email." }),
      ...read.mistakes,
      ...addressMistakes(session, values),
    };
    if (Object.keys(mistakes).length > 0) return checkoutView(session, { values, mistakes });
    return paySession(session, values, () =>
      submitSession(session, {
        email,
        payment_method: read.keep?.(email).id ?? null,
        ...readBusiness(session, values),
      }),
    );
  }),
);

checkoutPage.get(
  "/c/pay/:id/authenticate",
  whileOpen((session) =>
    isPending(session) ? challenge(`/c/pay/${session.id}/authenticate`) : redirect(`/c/pay/${session.id}`),
  ),
);

checkoutPage.post(
  "/c/pay/:id/authenticate",
  whileOpen((session, { result }) => {
    if (!isPending(session)) return redirect(`/c/pay/${session.id}`);
    return paySession(session, {}, () => authenticateSession(session, result === "complete"));
  }),
);

checkoutPage.post(
  "/c/pay/:id/promotion",
  whileOpen((session, { promotion_code: typed = "" }) => {
    if (!session.allow_promotion_codes) return redirect(`/c/pay/${session.id}`);
    const entered = transaction(byItself, () => enterCode(session, typed));
    if (entered.kind === "applied") return redirect(`/c/pay/${session.id}`);
    const promotion = { typed, mistake: refusalText(entered) };
    return checkoutView(session, { values: {}, mistakes: {}, promotion });
  }),
);

checkoutPage.post(
  "/c/pay/:id/promotion/remove",
  whileOpen((session) => {
    if (session.allow_promotion_codes) transaction(byItself, () => discountSession(session, null));
    return redirect(`/c/pay/${session.id}`);
  }),
);

checkoutPage.post(
  "/c/pay/:id/quantity",
  whileOpen((session, { item = "", quantity = "" }) => {
    const changed = transaction(byItself, () => chooseQuantity(session, item, Number(quantity)));
    if (changed) return redirect(`/c/pay/${session.id}`);
    const refusal = "That quantity is not available.";
    return checkoutView(session, { values: {}, mistakes: {}, refusal });
  }),
);

type Answer = Response | Promise<Response>;

/** Serves a page of an open session; of any other, the page that says how it ended. */
function whileOpen(serve: (session: CheckoutSession, values: Values) => Answer) {
  return async (c: Context): Promise<Response> => {
    const values = c.req.method === "POST" ? ((await c.req.parseBody()) as Values) : {};
    const session = checkoutSessions.get(c.req.param("id") ?? "");
    if (!session) {
      return notice("Something went wrong", "The page you were looking for could not be found.", 404);
    }
    if (session.status === "open") return serve(session, values);
    const back = session.cancel_url ? { href: session.cancel_url, label: "Return to the shop" } : undefined;
    if (session.status === "expired") {
      return notice("This link has expired", "Please return to the shop and start again.", 200, back);
    }
    // A second click arrives after the first one paid: it goes where the first one went.
    if (c.req.method === "POST") return redirect(successUrl(session));
    return notice("You're all done here", "You already paid or subscribed through this link.", 200, back);
  };
}

const isPending = (session: CheckoutSession) => checkoutPlans.must(session.id).pending !== null;

/** Nobody pays more than the page said: without its discount the session is shown again. */
function paySession(session: CheckoutSession, values: Values, attempt: () => Outcome): Answer {
  const outcome = transaction(byItself, () => dropStaleDiscount(session) ?? attempt());
  if ("kind" in outcome) return answer(session, outcome, values);
  const refusal = "Your discount is no longer available. Please check the new total.";
  return checkoutView(outcome, { values, mistakes: {}, refusal });
}

async function answer(session: CheckoutSession, outcome: Outcome, values: Values): Promise<Response> {
  if (outcome.kind === "complete") {
    await beforeRedirect();
    return redirect(successUrl(outcome.session));
  }
  if (outcome.kind === "authenticate") return redirect(`/c/pay/${session.id}/authenticate`);
  return checkoutView(session, { values, mistakes: {}, refusal: outcome.decline.message });
}

const successUrl = ({ success_url, id }: CheckoutSession) =>
  (success_url ?? "/").replaceAll("{CHECKOUT_SESSION_ID}", id);
