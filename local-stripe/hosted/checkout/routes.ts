import { type Context, Hono } from "hono";
import { answerMistakes } from "../../billing/checkout/answers";
import { awaitsAmount, chooseAmount } from "../../billing/checkout/custom-amounts";
import { addItem, removeItem } from "../../billing/checkout/optional-items";
import { chooseQuantity } from "../../billing/checkout/quantities";
import { keepContact, recoverSession } from "../../billing/checkout/recovery";
import { discountSession, dropStaleDiscount, enterCode } from "../../billing/checkout/session-discounts";
import { chooseShipping } from "../../billing/checkout/shipping";
import {
  authenticateSession,
  needsMethod,
  type Outcome,
  submitSession,
} from "../../billing/checkout/submission";
import { locateSession } from "../../billing/checkout/tax-location";
import { minorUnits } from "../../billing/money/amounts";
import { account } from "../../kit/account";
import { byItself, transaction } from "../../kit/transaction";
import { type CheckoutSession, checkoutPlans, checkoutSessions } from "../../objects/checkout-session";
import type { Values } from "../card-form";
import { notice, redirect } from "../layout";
import { refusalText } from "../promotion-box";
import { beforeRedirect } from "../redirects";
import { challenge } from "../three-d-secure";
import { addressMistakes } from "./billing-address";
import { embeddedEnd, isEmbedded, returnUrl } from "./embedded";
import { readMethod } from "./method-choice";
import { readAnswers } from "./read-answers";
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
    const answers = readAnswers(session, values);
    if (EMAIL.test(email)) transaction(byItself, () => keepContact(session, email, answers));
    const mistakes = {
      ...(EMAIL.test(email) ? {} : { email: "Enter your email." }),
      ...read.mistakes,
      ...addressMistakes(session, values),
      ...answerMistakes(session, answers),
    };
    if (Object.keys(mistakes).length > 0) return checkoutView(session, { values, mistakes });
    if (awaitsAmount(session)) {
      return checkoutView(session, { values, mistakes, refusal: "Please choose an amount first." });
    }
    const located = transaction(byItself, () => locateSession(session, addressIn(values)));
    if (located.amount_total !== session.amount_total) {
      const refusal = "The tax of your address changes the total. Please check it and pay again.";
      return checkoutView(located, { values, mistakes, refusal });
    }
    return paySession(located, values, () =>
      submitSession(located, { answers, email, payment_method: read.keep?.(email).id ?? null }),
    );
  }),
);

checkoutPage.get(
  "/c/pay/:id/authenticate",
  whileOpen((session) =>
    isPending(session)
      ? challenge(`/c/pay/${session.id}/authenticate`, isEmbedded(session))
      : redirect(`/c/pay/${session.id}`),
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
  whileOpen((session, { item = "", quantity = "" }) =>
    choose(session, "That quantity is not available.", () => chooseQuantity(session, item, Number(quantity))),
  ),
);

checkoutPage.post(
  "/c/pay/:id/shipping",
  whileOpen((session, { shipping_rate = "" }) =>
    choose(session, "That way to ship is not available.", () => chooseShipping(session, shipping_rate)),
  ),
);

checkoutPage.post(
  "/c/pay/:id/items/add",
  whileOpen((session, { price = "" }) =>
    choose(session, "That is not on offer.", () => addItem(session, price)),
  ),
);

checkoutPage.post(
  "/c/pay/:id/items/remove",
  whileOpen((session, { item = "" }) =>
    choose(session, "That cannot be removed.", () => removeItem(session, item)),
  ),
);

/** An expired session may be taken up again, with nothing answered yet. */
checkoutPage.get("/r/:token", (c) => {
  const [expired] = checkoutSessions.where({ recovery: `${account.origin}/r/${c.req.param("token")}` });
  const session = expired && transaction(byItself, () => recoverSession(expired));
  if (session) return redirect(`/c/pay/${session.id}`);
  return notice("This link has expired", `Please return to ${account.name} and start again.`, 404);
});

checkoutPage.post(
  "/c/pay/:id/amount",
  whileOpen((session, { amount = "" }) => {
    // A tenth of a cent is no amount: it stays a fraction, and is refused.
    const wanted = Number((Number(amount || NaN) * minorUnits(session.currency ?? "usd")).toFixed(6));
    return choose(session, "That amount is not available.", () => chooseAmount(session, wanted));
  }),
);

/** The card's form calls a postal code ZIP. */
const addressIn = ({ country, state, zip }: Values) => ({
  country: country ?? null,
  postal_code: zip ?? null,
  state: state ?? null,
});

type Answer = Response | Promise<Response>;

/** Carries out a choice that changes the total, and shows the page again. */
function choose(
  session: CheckoutSession,
  refusal: string,
  choice: () => CheckoutSession | undefined,
): Answer {
  if (transaction(byItself, choice)) return redirect(`/c/pay/${session.id}`);
  return checkoutView(session, { values: {}, mistakes: {}, refusal });
}

/** Serves a page of an open session; of any other, the page that says how it ended. */
function whileOpen(serve: (session: CheckoutSession, values: Values) => Answer) {
  return async (c: Context): Promise<Response> => {
    const values = c.req.method === "POST" ? ((await c.req.parseBody()) as Values) : {};
    const session = checkoutSessions.get(c.req.param("id") ?? "");
    if (!session) {
      return notice("Something went wrong", "The page you were looking for could not be found.", 404);
    }
    if (session.status === "open") return serve(session, values);
    const back = session.cancel_url
      ? { href: session.cancel_url, label: `Return to ${account.name}` }
      : undefined;
    const framed = isEmbedded(session);
    if (session.status === "expired") {
      return notice(
        "This link has expired",
        `Please return to ${account.name} and start again.`,
        200,
        back,
        framed,
      );
    }
    // A second click arrives after the first one paid: it goes where the first one went.
    if (c.req.method === "POST") return completed(session);
    const text = "You already paid or subscribed through this link.";
    return notice("You're all done here", text, 200, back, framed);
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
    return completed(outcome.session);
  }
  if (outcome.kind === "authenticate") return redirect(`/c/pay/${session.id}/authenticate`);
  return checkoutView(session, { values, mistakes: {}, refusal: outcome.decline.message });
}

const completed = (session: CheckoutSession): Answer =>
  isEmbedded(session) ? embeddedEnd(session) : redirect(returnUrl(session, session.success_url));
