import type Stripe from "stripe";
import { type Answer, type ObjectKind, retrieveObject } from "../objects";
import { apply, type Outcome } from "./apply";

/**
 * Copies one object from Stripe into our rows, by the rule of every reading: it counts only if nothing newer
 * was taken while it was under way.
 */
export const syncObject = (kind: ObjectKind, id: string): Promise<Outcome> =>
  apply({ ref: { kind, id }, snapshot: null, inbox: null });

/**
 * Copies one checkout session, its subscription and its first invoice from Stripe into our rows: the success
 * page does this instead of waiting for the webhook. The events that follow find their entries written.
 */
export async function syncCheckoutSession(id: string): Promise<void> {
  const ref = { kind: "checkout.session", id } as const;
  const answer = await retrieveObject(ref);
  await apply({ ref, snapshot: null, answer, inbox: null });
  if (answer.object?.object !== "checkout.session") return;
  const { subscription, invoice } = answer.object;
  await Promise.all([syncExpanded(answer, subscription), syncExpanded(answer, invoice)]);
}

/** An object that came along with its session need not be read again, unless a webhook was faster and there is a row. */
async function syncExpanded(answer: Answer, object: string | Stripe.Subscription | Stripe.Invoice | null) {
  if (!object || typeof object === "string") return;
  const ref = { kind: object.object, id: object.id };
  await apply({ ref, snapshot: null, answer: { ...answer, object }, inbox: null });
}
