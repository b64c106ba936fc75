import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { checkoutSessions } from "../../objects/checkout-session";
import { notice, redirect } from "../layout";

const stripeScript = readFileSync(new URL("./stripe.js", import.meta.url), "utf8");
const frameScript = readFileSync(new URL("./frame.js", import.meta.url), "utf8");

const script = (text: string) =>
  new Response(text, {
    headers: {
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": "no-store",
      // The shop's page is of another site, and may ask this of everything that it loads.
      "Cross-Origin-Resource-Policy": "cross-origin",
    },
  });

/** Stripe.js, as far as Local Stripe has it: a shop's page shows Checkout in a frame. */
export const embeddedPage = new Hono();

embeddedPage.get("/stripe.js", () => script(stripeScript));
embeddedPage.get("/assets/frame.js", () => script(frameScript));

/** A frame begins here, so that whoever has only a session's id cannot open it. */
embeddedPage.get("/embed/:secret", (c) => {
  const secret = c.req.param("secret");
  const session = checkoutSessions.get(secret.split("_secret_")[0] ?? "");
  if (session?.client_secret && session.client_secret === secret) return redirect(`/c/pay/${session.id}`);
  return notice("Something went wrong", "No Checkout Session has this client secret.", 404, undefined, true);
});
