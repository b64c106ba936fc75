import { z } from "zod";
import { answerMistakes, phoneNumber } from "../billing/checkout/answers";
import { discountSession, enterCode } from "../billing/checkout/session-discounts";
import { chooseShipping } from "../billing/checkout/shipping";
import { dueToday, submitSession } from "../billing/checkout/submission";
import { locateSession } from "../billing/checkout/tax-location";
import { cardError } from "../billing/payments/failures";
import { findOrCreatePaymentMethod } from "../billing/payments/payment-methods";
import { setupError } from "../billing/payments/setup-intents";
import { call, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { find } from "../kit/lookup";
import { address, amount, choice, email, emptyable, group, optional, text, textUpTo } from "../kit/params";
import { type Answers, type CheckoutSession, checkoutSessions } from "../objects/checkout-session";

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

/** The answers of the page, under the names of the session's own parameters (inferred: the call is private). */
const answers = optional({
  business_name: textUpTo(150),
  consent: group(optional({ promotions: choice("opt_in", "opt_out"), terms_of_service: choice("accepted") })),
  custom_fields: z.record(z.string(), z.string()),
  email,
  individual_name: textUpTo(150),
  phone: textUpTo(20),
  shipping: group({ address, name: text }),
  shipping_rate: text,
  tax_id: textUpTo(150),
});

type Given = z.output<ReturnType<typeof group<typeof answers>>>;

function toAnswers(session: CheckoutSession, given: Given): Answers {
  const known = new Set(session.custom_fields.map(({ key }) => key));
  const strange = Object.keys(given.custom_fields ?? {}).find((key) => !known.has(key));
  if (strange !== undefined) {
    throw invalid(`This Checkout Session has no custom field \`${strange}\`.`, {
      param: `custom_fields[${strange}]`,
    });
  }
  const { shipping } = given;
  return {
    businessName: given.business_name ?? null,
    customFields: given.custom_fields ?? {},
    individualName: given.individual_name ?? null,
    phone: given.phone === undefined ? null : phoneNumber(given.phone),
    promotions: given.consent?.promotions === "opt_in",
    shipping: shipping ? { name: shipping.name, address: { ...noAddress, ...shipping.address } } : null,
    taxId: given.tax_id ?? null,
    termsAccepted: given.consent?.terms_of_service === "accepted",
  };
}

/** Takes what the customer chose, and refuses what the page would have marked. */
function answeredBy(session: CheckoutSession, given: Given): Answers {
  const read = toAnswers(session, given);
  const [mistake] = Object.entries(answerMistakes(session, read));
  if (mistake) throw invalid(mistake[1], { param: mistake[0] });
  return read;
}

function shippedBy(session: CheckoutSession, rate: string | undefined): CheckoutSession {
  if (rate === undefined) return session;
  const chosen = chooseShipping(session, rate);
  if (chosen) return chosen;
  throw invalid(`The shipping rate ${rate} is not offered by this Checkout Session.`, {
    param: "shipping_rate",
  });
}

/** The private calls behind Stripe's own Checkout page: what a customer does there, without a browser. */
export const paymentPageResource: Resource = {
  routes: {
    // The official CLI reads the page before it pays (https://github.com/stripe/stripe-cli, its triggers).
    "GET /v1/payment_pages/:id": call({}, (_, { id }) => find(checkoutSessions, id)),

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
      { ...answers, ...optional({ expected_amount: amount, payment_method: text }) },
      ({ expected_amount, payment_method, ...given }, { id }) => {
        const method = payment_method ? findOrCreatePaymentMethod(payment_method, "payment_method") : null;
        const session = locateSession(
          shippedBy(find(checkoutSessions, id), given.shipping_rate),
          method?.billing_details.address,
        );
        if (expected_amount !== undefined && expected_amount !== dueToday(session)) {
          throw invalid(
            `The amount expected (${expected_amount}) is not the amount of this session (${dueToday(session)}).`,
            { param: "expected_amount" },
          );
        }
        const email = session.customer_details?.email ?? given.email ?? method?.billing_details.email ?? null;
        const outcome = submitSession(session, {
          answers: answeredBy(session, given),
          email,
          payment_method: method?.id ?? null,
        });
        if (outcome.kind === "complete") return outcome.session;
        if (outcome.kind === "authenticate") return checkoutSessions.must(id);
        if (outcome.intent.object === "payment_intent") throw cardError(outcome.intent, outcome.decline);
        throw setupError(outcome.intent);
      },
    ),
  },
};
