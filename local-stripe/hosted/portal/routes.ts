import { type Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { detach } from "../../billing/payments/payment-methods";
import { account } from "../../kit/account";
import { StripeError } from "../../kit/errors";
import type { Immediate } from "../../kit/immediate";
import { byItself, transaction } from "../../kit/transaction";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { setupIntents } from "../../objects/setup-intent";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { inTimeOf } from "../../objects/test-clock";
import { keepCard, readCard, type Values } from "../card-form";
import { notice, redirect } from "../layout";
import { addCard, cancelPlan, chargeFromNowOn, keepCurrentPlan, keepPlan, updateDetails } from "./actions";
import { cancelView } from "./cancel";
import { cardView } from "./card";
import { chooseView, confirmView, readChange } from "./change-plan";
import { detailsView, readDetails } from "./details";
import { flowDone, flowStart } from "./flow";
import { homeView } from "./home";
import { changePlanWhenDue } from "./scheduled";
import { openPortal, type Portal } from "./session";

const COOKIE = "portal_session";

/** Stripe's Customer Portal: customers change their plan, cards and details without the shop's help. */
export const portal = new Hono();

type Answer = Response | Promise<Response>;
type Feature = keyof Portal["features"];

interface Asked {
  readonly values: Values;
  /** The path names it: a subscription, a card, an intent. */
  readonly id: string;
}

function open(serve: (portal: Portal, asked: Asked) => Answer, feature?: Feature) {
  return async (c: Context): Promise<Response> => {
    const values = c.req.method === "POST" ? ((await c.req.parseBody()) as Values) : c.req.query();
    const opened = openPortal(c.req.param("token") ?? "", getCookie(c, COOKIE));
    if (!opened)
      return notice("This link has expired", `Please return to ${account.name} and start again.`, 404);
    if (feature && !opened.features[feature].enabled) return redirect(opened.base);
    const { base, secret, customer } = opened;
    // A page is written within the customer's time; its promise only brings it into the form of a response.
    const { page } = inTimeOf(customer.id, () => ({
      page: serve(opened, { values, id: c.req.param("id") ?? "" }),
    }));
    const answer = await page;
    setCookie(c, COOKIE, secret, { path: base, httpOnly: true, sameSite: "Lax", maxAge: 3600 });
    for (const cookie of c.res.headers.getSetCookie()) answer.headers.append("Set-Cookie", cookie);
    return answer;
  };
}

/** A task for one of the customer's own subscriptions. */
function openSubscription(
  serve: (portal: Portal, subscription: Subscription, values: Values) => Answer,
  feature: Feature,
) {
  return open((portal, { id, values }) => {
    const subscription = subscriptions.get(id);
    if (subscription?.customer !== portal.customer.id) return redirect(portal.base);
    return serve(portal, subscription, values);
  }, feature);
}

const ownCard = (portal: Portal, id: string): PaymentMethod | undefined => {
  const method = paymentMethods.get(id);
  return method?.customer === portal.customer.id ? method : undefined;
};

/** Does it, as a person on a page does; what Stripe would refuse is said on the page that asked. */
function act<T>(work: () => Immediate<T>, done: () => Answer, refused: (message: string) => Answer): Answer {
  try {
    transaction(byItself, work);
  } catch (error) {
    if (error instanceof StripeError) return refused(error.message);
    throw error;
  }
  return done();
}

const HOME = "/p/session/:token";

portal.get(
  HOME,
  open((portal) => flowStart(portal) ?? homeView(portal)),
);
portal.get(`${HOME}/home`, open(homeView));

portal.get(`${HOME}/update/:id`, openSubscription(chooseView, "subscription_update"));
portal.get(
  `${HOME}/update/:id/confirm`,
  openSubscription((portal, subscription, values) => {
    const change = readChange(portal, subscription, values);
    return change ? confirmView(portal, subscription, change) : chooseView(portal, subscription);
  }, "subscription_update"),
);
portal.post(
  `${HOME}/update/:id`,
  openSubscription((portal, subscription, values) => {
    const change = readChange(portal, subscription, values);
    if (!change) return chooseView(portal, subscription);
    // Nobody pays more than the page said.
    if (change.refused) return confirmView(portal, subscription, change);
    return act(
      () => changePlanWhenDue(portal, subscription, change),
      () => flowDone(portal, "Your subscription has been updated."),
      (message) => confirmView(portal, subscription, change, message),
    );
  }, "subscription_update"),
);

portal.post(
  `${HOME}/keep-current/:id`,
  openSubscription((portal, subscription) => {
    const home = () => redirect(`${portal.base}/home`);
    return act(
      () => keepCurrentPlan(subscription),
      home,
      (message) => homeView(portal, message),
    );
  }, "subscription_update"),
);

portal.get(
  `${HOME}/cancel/:id`,
  openSubscription((portal, subscription) => cancelView(portal, subscription), "subscription_cancel"),
);
portal.post(
  `${HOME}/cancel/:id`,
  openSubscription((portal, subscription, { feedback = "", comment = "" }) => {
    return act(
      () => cancelPlan(portal, subscription, { feedback, comment }),
      () => flowDone(portal, "Your subscription has been canceled."),
      (message) => cancelView(portal, subscription, message),
    );
  }, "subscription_cancel"),
);
portal.post(
  `${HOME}/keep/:id`,
  openSubscription((portal, subscription) => {
    const home = () => redirect(`${portal.base}/home`);
    return act(
      () => keepPlan(subscription),
      home,
      (message) => homeView(portal, message),
    );
  }, "subscription_cancel"),
);

portal.get(
  `${HOME}/card`,
  open((portal) => cardView(portal, {}, {}), "payment_method_update"),
);
portal.post(
  `${HOME}/card`,
  open((portal, { values }) => {
    const { card, mistakes } = readCard(values);
    if (!card) return cardView(portal, values, mistakes);
    const intent = transaction(byItself, () =>
      addCard(portal, keepCard(card, values, portal.customer.email)),
    );
    const page = intent.next_action?.redirect_to_url?.url;
    if (page) return redirect(page);
    if (intent.status === "succeeded") return flowDone(portal, "Your payment method has been updated.");
    return cardView(portal, values, {}, intent.last_setup_error?.message);
  }, "payment_method_update"),
);
/** 3D Secure leads back here. */
portal.get(
  `${HOME}/cards/:id`,
  open((portal, { id }) => {
    const intent = setupIntents.get(id);
    const method = intent?.status === "succeeded" ? ownCard(portal, intent.payment_method ?? "") : undefined;
    if (!method) return cardView(portal, {}, {}, intent?.last_setup_error?.message);
    transaction(byItself, () => chargeFromNowOn(portal, method.id));
    return flowDone(portal, "Your payment method has been updated.");
  }, "payment_method_update"),
);
portal.post(
  `${HOME}/cards/:id/default`,
  open((portal, { id }) => {
    const method = ownCard(portal, id);
    if (method) transaction(byItself, () => chargeFromNowOn(portal, method.id));
    return redirect(`${portal.base}/home`);
  }, "payment_method_update"),
);
portal.post(
  `${HOME}/cards/:id/remove`,
  open((portal, { id }) => {
    const method = ownCard(portal, id);
    if (method) transaction(byItself, () => detach(method));
    return redirect(`${portal.base}/home`);
  }, "payment_method_update"),
);

portal.get(
  `${HOME}/details`,
  open((portal) => detailsView(portal), "customer_update"),
);
portal.post(
  `${HOME}/details`,
  open((portal, { values }) => {
    return act(
      () => updateDetails(portal, readDetails(portal, values)),
      () => redirect(`${portal.base}/home`),
      (message) => detailsView(portal, message),
    );
  }, "customer_update"),
);
