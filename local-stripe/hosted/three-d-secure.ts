import { Hono } from "hono";
import { html } from "hono/html";
import { authenticatePayment } from "../billing/collection/confirmation";
import { authenticateSetup } from "../billing/payments/setup-intents";
import { byItself, transaction } from "../kit/transaction";
import { checkoutPlans, sessionUrl } from "../objects/checkout-session";
import { invoices } from "../objects/invoice";
import { invoicePayments } from "../objects/invoice-payment";
import { type PaymentIntent, paymentIntents } from "../objects/payment-intent";
import { paymentMethods } from "../objects/payment-method";
import { type SetupIntent, setupIntents } from "../objects/setup-intent";
import { inTimeOf } from "../objects/test-clock";
import { notice, page, redirect } from "./layout";

/** The bank's page behind an intent's `next_action`. */
export const threeDSecure = new Hono();

threeDSecure.get("/3ds/:intent", (c) => {
  const intent = waiting(c.req.param("intent"));
  if (!intent) return nothingToDo();
  // A checkout does more than pay, so it asks on a page of its own.
  const plan = checkoutPlans.all().find((one) => one.intent === intent.id);
  return plan ? redirect(`${sessionUrl(plan.id)}/authenticate`) : challenge(`/3ds/${intent.id}`);
});

threeDSecure.post("/3ds/:intent", async (c) => {
  const { result } = await c.req.parseBody();
  const intent = waiting(c.req.param("intent"));
  if (!intent) return nothingToDo();
  inTimeOf(intent.customer, () =>
    transaction(byItself, () => {
      if (intent.object === "payment_intent") return authenticatePayment(intent, result === "complete");
      return authenticateSetup(
        intent,
        paymentMethods.must(intent.payment_method ?? ""),
        result === "complete",
      );
    }),
  );
  const back = intent.next_action?.redirect_to_url?.return_url ?? invoicePageOf(intent);
  return back ? redirect(back) : notice("Thank you", "You can close this page.");
});

function waiting(id: string): PaymentIntent | SetupIntent | undefined {
  const intent = paymentIntents.get(id) ?? setupIntents.get(id);
  return intent?.status === "requires_action" ? intent : undefined;
}

function invoicePageOf({ id }: PaymentIntent | SetupIntent): string | null {
  const invoice = invoicePayments.where({ payment_intent: id })[0]?.invoice;
  return invoices.get(invoice ?? "")?.hosted_invoice_url ?? null;
}

const nothingToDo = () => notice("Nothing to authenticate", "This payment does not wait for you.", 404);

export const challenge = (action: string, framed = false): Promise<Response> =>
  page(
    "3D Secure",
    html`<section class="notice">
      <h1>3D Secure</h1>
      <p>Your bank asks whether it is you. In test mode you decide what happens.</p>
      <form method="post" action="${action}">
        <button name="result" value="complete">Complete authentication</button>
        <button name="result" value="fail" class="plain">Fail authentication</button>
      </form>
    </section>`,
    200,
    framed,
  );
