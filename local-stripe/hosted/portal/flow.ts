import { account } from "../../kit/account";
import { notice, redirect } from "../layout";
import type { Portal } from "./session";

type Answer = Response | Promise<Response>;

/** A session made for one task opens on it. */
export function flowStart({ session: { flow }, base }: Portal): Answer | undefined {
  if (flow?.type === "payment_method_update") return redirect(`${base}/card`);
  if (flow?.subscription_cancel) return redirect(`${base}/cancel/${flow.subscription_cancel.subscription}`);
  if (flow?.subscription_update) return redirect(`${base}/update/${flow.subscription_update.subscription}`);
  const confirm = flow?.subscription_update_confirm;
  const item = confirm?.items[0];
  if (!confirm || !item) return undefined;
  const asked = new URLSearchParams({
    price: item.price ?? "",
    quantity: String(item.quantity ?? ""),
    promotion_code: confirm.discounts?.[0]?.promotion_code ?? "",
  });
  return redirect(`${base}/update/${confirm.subscription}/confirm?${asked}`);
}

/**
 * A finished task leads where its session asked, otherwise to the portal's first page (type:
 * `Stripe.BillingPortal.SessionCreateParams.FlowData.AfterCompletion`).
 */
export function flowDone({ session: { flow, return_url }, base }: Portal, message: string): Answer {
  const after = flow?.after_completion;
  if (after?.redirect) return redirect(after.redirect.return_url);
  if (after?.type !== "hosted_confirmation") return redirect(`${base}/home`);
  const back = return_url ? { href: return_url, label: `Return to ${account.name}` } : undefined;
  return notice(message, after.hosted_confirmation?.custom_message ?? "You can close this page.", 200, back);
}
