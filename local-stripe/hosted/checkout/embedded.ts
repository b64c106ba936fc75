import { html } from "hono/html";
import { account } from "../../kit/account";
import type { CheckoutSession } from "../../objects/checkout-session";
import { page } from "../layout";

export const isEmbedded = ({ ui_mode }: CheckoutSession): boolean => ui_mode === "embedded_page";

export const returnUrl = ({ id }: CheckoutSession, url: string | null | undefined): string =>
  (url ?? "/").replaceAll("{CHECKOUT_SESSION_ID}", id);

/**
 * Nothing that this page offers leads away from the shop's page, so with `if_required` nobody is sent away
 * (https://docs.stripe.com/payments/checkout/custom-success-page?payment-ui=embedded-form).
 */
const isRedirected = ({ redirect_on_completion }: CheckoutSession): boolean =>
  redirect_on_completion === "always";

/** The end of an embedded session: its script tells the shop's page, which goes on or calls the shop's code. */
export function embeddedEnd(session: CheckoutSession): Promise<Response> {
  const to = isRedirected(session) ? returnUrl(session, session.return_url) : null;
  const content = html`<section class="notice" data-complete ${to ? html`data-return="${to}"` : ""}>
    <h1>${session.mode === "setup" ? "Your payment method is saved" : "Thanks for your payment"}</h1>
    ${
      to
        ? html`<p><a href="${to}" target="_top">Continue to ${account.name}</a></p>`
        : html`<p>You can go on at ${account.name}.</p>`
    }
  </section>`;
  return page(`Done · ${account.name}`, content, 200, true);
}
