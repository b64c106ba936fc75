import { noSuch } from "../kit/errors";
import { Table } from "../kit/store";
import { bankRecords, type PaymentMethod } from "../objects/payment-method";
import { cardByNumber, type Decline, type TestCard } from "../objects/test-cards";

/** A decline that the next payment meets whatever the card, set by whoever plays dunning. */
export const forcedDeclines = new Table<{ id: "next"; decline: Decline }>("forced_decline", "");

export type Decision =
  | { readonly verdict: "approved" }
  | { readonly verdict: "authenticate" }
  | { readonly verdict: "declined"; readonly decline: Decline };

export function cardOf(method: PaymentMethod): TestCard {
  const card = cardByNumber(bankRecords.get(method.id)?.number ?? "");
  if (!card) throw noSuch("PaymentMethod", method.id, "payment_method");
  return card;
}

/** What the customer's bank says to a charge. Passing 3D Secure is remembered by cards that ask only once. */
export function decideCharge(method: PaymentMethod, passedAuthentication: boolean): Decision {
  const forced = forcedDeclines.get("next");
  if (forced) {
    forcedDeclines.delete("next");
    return { verdict: "declined", decline: forced.decline };
  }
  const card = cardOf(method);
  if (card.decline) return { verdict: "declined", decline: card.decline };
  return decideAuthentication(method, card, passedAuthentication);
}

/** What the bank says to keeping the card for later, without money. */
export function decideSetup(method: PaymentMethod, passedAuthentication: boolean): Decision {
  const card = cardOf(method);
  if (card.decline && !card.attaches) return { verdict: "declined", decline: card.decline };
  return decideAuthentication(method, card, passedAuthentication);
}

function decideAuthentication(method: PaymentMethod, card: TestCard, passed: boolean): Decision {
  const record = bankRecords.must(method.id);
  const asks = card.authentication === "always" || (card.authentication === "setup" && !record.authenticated);
  if (asks && !passed) return { verdict: "authenticate" };
  if (passed) bankRecords.put({ ...record, authenticated: true });
  return { verdict: "approved" };
}
