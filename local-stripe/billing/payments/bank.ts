import { invalid } from "../../kit/errors";
import { Table } from "../../kit/store";
import type { Decline } from "../../objects/declines";
import { bankRecords, DEBITS, type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { accountByNumber } from "../../objects/test-bank-accounts";
import { cardByNumber } from "../../objects/test-cards";
import { accountByIban } from "../../objects/test-ibans";
import type { TestCard, TestInstrument } from "../../objects/test-instrument";

/** A decline that the next payment meets whatever the card, set by whoever plays dunning. */
export const forcedDeclines = new Table<{ id: "next"; decline: Decline }>("forced_decline", "");

export type Decision =
  | { readonly verdict: "approved" }
  | { readonly verdict: "authenticate" }
  /** The bank will answer in some days. */
  | { readonly verdict: "pending" }
  | { readonly verdict: "declined"; readonly decline: Decline };

const INSTRUMENTS: Readonly<Record<string, (number: string) => TestInstrument | undefined>> = {
  card: cardByNumber,
  sepa_debit: accountByIban,
  us_bank_account: accountByNumber,
};

/** The test card or test bank account behind a payment method. */
export function instrumentOf(method: PaymentMethod): TestInstrument {
  const number = bankRecords.get(method.id)?.number ?? "";
  const instrument = INSTRUMENTS[method.type]?.(number);
  if (instrument) return instrument;
  throw invalid(`Local Stripe makes a payment method of the type ${method.type}, but nothing pays with it.`, {
    param: "payment_method",
  });
}

/**
 * Asks the customer's bank for a charge. Cards that ask only once remember that 3D Secure was passed.
 * @param passed the customer has just passed 3D Secure
 * @param wanted the caller wants the bank to ask, although it would not
 */
export function decideCharge(method: PaymentMethod, passed: boolean, wanted = false): Decision {
  if (isDelayed(method)) return { verdict: "pending" };
  const forced = takeForced();
  if (forced) return { verdict: "declined", decline: forced };
  const instrument = instrumentOf(method);
  const asked = decideAuthentication(method, instrument, passed, wanted);
  if (asked.verdict === "authenticate" || !instrument.decline) return asked;
  return { verdict: "declined", decline: instrument.decline };
}

/** True if the money comes days after the customer has paid. */
export const isDelayed = ({ type }: PaymentMethod): boolean => DEBITS.some((debit) => debit === type);

/** Takes the bank's reason to give no money, if it has one, when a debit's answer is due. */
export const takeDecline = (method: PaymentMethod): Decline | undefined =>
  takeForced() ?? instrumentOf(method).decline;

/** A forced decline is used up. */
function takeForced(): Decline | undefined {
  const forced = forcedDeclines.get("next");
  forcedDeclines.delete("next");
  return forced?.decline;
}

/** Asks the bank for keeping the card for later, without money. */
export function decideSetup(method: PaymentMethod, passed: boolean, wanted = false): Decision {
  const instrument = instrumentOf(method);
  const { decline, attaches } = instrument;
  if (decline && !attaches) return { verdict: "declined", decline };
  return decideAuthentication(method, instrument, passed, wanted);
}

function decideAuthentication(
  method: PaymentMethod,
  { authentication, withoutAuthentication }: Partial<TestCard>,
  passed: boolean,
  wanted: boolean,
): Decision {
  const record = bankRecords.must(method.id);
  const bankAsks = authentication === "always" || (authentication === "setup" && !record.authenticated);
  const asks = bankAsks || (wanted && !withoutAuthentication);
  if (asks && !passed) return { verdict: "authenticate" };
  if (passed) bankRecords.put({ ...record, authenticated: true });
  return { verdict: "approved" };
}

/** The payment method as it is once its bank was asked about it; recorded for the security code. */
export function checkAtBank({ id }: PaymentMethod): PaymentMethod {
  // It may have been attached since the caller read it.
  const method = paymentMethods.must(id);
  const { card } = method;
  if (!card?.checks) return method;
  const { fails = [] } = instrumentOf(method) as TestCard;
  const answer = (state: string | null, what: (typeof fails)[number]) =>
    state === "unchecked" ? (fails.includes(what) ? "fail" : "pass") : state;
  const { address_line1_check, address_postal_code_check, cvc_check } = card.checks;
  const checks = {
    address_line1_check: answer(address_line1_check, "line1"),
    address_postal_code_check: answer(address_postal_code_check, "postal_code"),
    cvc_check: answer(cvc_check, "cvc"),
  };
  return paymentMethods.put({ ...method, card: { ...card, checks } });
}
