import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../../test/harness";
import { paymentSession } from "../../test/shop";

/** Types: the comments of `Stripe.Checkout.SessionCreateParams`; the words of the refusals: inferred. */

const local = startLocalStripe();

const RETURN = "http://127.0.0.1:3000/return?session={CHECKOUT_SESSION_ID}";

type Params = Partial<Stripe.Checkout.SessionCreateParams>;
const embedded = (more: Params = {}) =>
  paymentSession(local, { return_url: RETURN, success_url: undefined, ui_mode: "embedded_page", ...more });

describe("an embedded session", () => {
  test("has a secret in the place of an address", async () => {
    const session = await embedded();
    expect(session).toMatchObject({
      cancel_url: null,
      client_secret: expect.stringMatching(new RegExp(`^${session.id}_secret_\\w{32}$`)),
      redirect_on_completion: "always",
      return_url: RETURN,
      success_url: null,
      ui_mode: "embedded_page",
      url: null,
    });
  });

  test("need not say where to return if it never leads away", async () => {
    const session = await embedded({ redirect_on_completion: "never", return_url: undefined });
    expect(session).toMatchObject({ redirect_on_completion: "never" });
    expect(session).not.toHaveProperty("return_url");
  });

  test.each<[Params, string]>([
    [{ return_url: undefined }, "return_url"],
    [{ redirect_on_completion: "if_required", return_url: undefined }, "return_url"],
    [{ redirect_on_completion: "never" }, "return_url"],
    [{ redirect_on_completion: "sometimes" }, "redirect_on_completion"],
    [{ return_url: "nowhere" }, "return_url"],
    [{ success_url: "http://127.0.0.1:3000/" }, "success_url"],
    [{ cancel_url: "http://127.0.0.1:3000/", success_url: "http://127.0.0.1:3000/" }, "cancel_url"],
  ])("with %j is refused", async (more, param) => {
    await expect(embedded(more)).rejects.toMatchObject({ param, statusCode: 400 });
  });
});

test("a hosted session has no secret, and returns by its success_url only", async () => {
  const session = await paymentSession(local);
  expect(session).toMatchObject({ client_secret: null, ui_mode: "hosted_page" });
  for (const key of ["redirect_on_completion", "return_url"]) expect(session).not.toHaveProperty(key);
  await expect(paymentSession(local, { return_url: RETURN })).rejects.toMatchObject({
    message: "The following parameters are not supported with `ui_mode: hosted_page`: return_url.",
    param: "return_url",
  });
});

test.each(["elements", "form", "embedded", "custom"])("ui_mode %s is refused", async (ui_mode) => {
  await expect(embedded({ ui_mode })).rejects.toMatchObject({ param: "ui_mode", statusCode: 400 });
});
