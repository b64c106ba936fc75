import { schedule } from "../../kit/jobs";
import { type CheckoutSession, checkoutSessions } from "../../objects/checkout-session";
import { openSetup } from "./intents";

/** A session waits for its customer. One that keeps a card has its intent from the beginning: recorded. */
export function openSession(session: CheckoutSession): CheckoutSession {
  schedule("checkout.session.expire", session.id, session.expires_at, null);
  if (session.mode !== "setup") return session;
  return checkoutSessions.put({ ...session, setup_intent: openSetup(session).id });
}
