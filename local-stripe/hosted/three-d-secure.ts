import { Hono } from "hono";
import { html } from "hono/html";
import { authenticateSetup } from "../billing/setups";
import { byItself, transaction } from "../kit/transaction";
import { paymentMethods } from "../objects/payment-method";
import { setupIntents } from "../objects/setup-intent";
import { inTimeOf } from "../objects/test-clock";
import { notice, page, redirect } from "./layout";

/** The bank's page behind an intent's `next_action`. */
export const threeDSecure = new Hono();

threeDSecure.get("/3ds/:intent", (c) => {
  const intent = setupIntents.get(c.req.param("intent"));
  return intent?.status === "requires_action" ? challenge(`/3ds/${intent.id}`) : nothingToDo();
});

threeDSecure.post("/3ds/:intent", async (c) => {
  const { result } = await c.req.parseBody();
  const intent = setupIntents.get(c.req.param("intent"));
  const method = paymentMethods.get(intent?.payment_method ?? "");
  const back = intent?.next_action?.redirect_to_url?.return_url;
  if (!intent || !method || intent.status !== "requires_action") return nothingToDo();
  inTimeOf(intent.customer, () =>
    transaction(byItself, () => authenticateSetup(intent, method, result === "complete")),
  );
  return back ? redirect(back) : notice("Thank you", "You can close this page.");
});

const nothingToDo = () => notice("Nothing to authenticate", "This payment does not wait for you.", 404);

export const challenge = (action: string): Promise<Response> =>
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
  );
