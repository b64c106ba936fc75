import { invalid, missing } from "../../kit/errors";
import type { Given } from "./session-params";

const HOSTED_ONLY = ["cancel_url", "success_url"] as const;
const EMBEDDED_ONLY = ["redirect_on_completion", "return_url"] as const;

/**
 * The addresses to which a customer goes on belong to the kind of page (type: the comments of
 * `Stripe.Checkout.SessionCreateParams`; the words: inferred).
 */
export function checkPage(given: Given): void {
  const mode = given.ui_mode ?? "hosted_page";
  if (mode === "elements" || mode === "form") {
    throw invalid(
      `Local Stripe has no Elements: create this Checkout Session with \`ui_mode\` \`hosted_page\` or \`embedded_page\`, not \`${mode}\`.`,
      { param: "ui_mode" },
    );
  }
  const strange = (mode === "hosted_page" ? EMBEDDED_ONLY : HOSTED_ONLY).filter(
    (param) => given[param] !== undefined,
  );
  if (strange.length > 0) {
    const message = `The following parameters are not supported with \`ui_mode: ${mode}\`: ${strange.join(", ")}.`;
    throw invalid(message, { param: strange[0] });
  }
  if (mode === "hosted_page" && !given.success_url) throw missing("success_url");
  if (mode === "embedded_page") checkReturn(given);
}

function checkReturn({ redirect_on_completion: redirect = "always", return_url }: Given): void {
  if (redirect !== "never" && !return_url) throw missing("return_url");
  if (redirect === "never" && return_url) {
    throw invalid("You can not pass `return_url` when `redirect_on_completion` is `never`.", {
      param: "return_url",
    });
  }
}
