import { noSuch } from "../../kit/errors";
import { Table } from "../../kit/store";
import { bankRecords, type PaymentMethod } from "../../objects/payment-method";
import { accountByNumber } from "../../objects/test-bank-accounts";
import { cardByNumber, type Decline, type TestInstrument } from "../../objects/test-cards";

/** A decline that the next payment meets whatever the card, set by whoever plays dunning. */
export const forcedDeclines = new Table<{ id: "next"; decline: Decline }>("forced_decline", "");

export type Decision =
  | { readonly verdict: "approved" }
  | { readonly verdict: "authenticate" }
  /** The bank will answer in some days. */
  | { readonly verdict: "pending" }
  | { readonly verdict: "declined"; readonly decline: Decline };

/** The test card or test bank account behind a payment method. */
export function instrumentOf(method: PaymentMethod): TestInstrument {
  const number = bankRecords.get(method.id)?.number ?? "";
  const instrument = method.type === "card" ? cardByNumber(number) : accountByNumber(number);
  if (!instrument) throw noSuch("PaymentMethod", method.id, "payment_method");
  return instrument;
}

/** Asks the customer's bank for a charge. Cards that ask only once remember that 3D Secure was passed. */
export function decideCharge(method: PaymentMethod, passedAuthentication: boolean): Decision {
  if (isDelayed(method)) return { verdict: "pending" };
  const decline = takeDecline(method);
  if (decline) return { verdict: "declined", decline };
  return decideAuthentication(method, instrumentOf(method), passedAuthentication);
}

/** True if the money comes days after the customer has paid. */
export const isDelayed = ({ type }: PaymentMethod): boolean => type === "us_bank_account";

/**
 * Takes the bank's reason to give no money, if it has one: when a card is charged, or when a debit's answer is due. A
 * forced decline is used up.
 */
export function takeDecline(method: PaymentMethod): Decline | undefined {
  const forced = forcedDeclines.get("next");
  forcedDeclines.delete("next");
  return forced?.decline ?? instrumentOf(method).decline;
}

/** Asks the bank for keeping the card for later, without money. */
export function decideSetup(method: PaymentMethod, passedAuthentication: boolean): Decision {
  const instrument = instrumentOf(method);
  const { decline, attaches } = instrument;
  if (decline && !attaches) return { verdict: "declined", decline };
  return decideAuthentication(method, instrument, passedAuthentication);
}

function decideAuthentication(
  method: PaymentMethod,
  { authentication }: TestInstrument,
  passed: boolean,
): Decision {
  const record = bankRecords.must(method.id);
  const asks = authentication === "always" || (authentication === "setup" && !record.authenticated);
  if (asks && !passed) return { verdict: "authenticate" };
  if (passed) bankRecords.put({ ...record, authenticated: true });
  return { verdict: "approved" };
}
