import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { schedule, unschedule } from "../../kit/jobs";
import { buildCreditGrant, type CreditGrant, creditGrants } from "../../objects/credit-grant";
import { balanceOf, credit, empty, isApplied } from "./ledger";

/** https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits; the words of refusals are inferred. */

const MOST_UNUSED = 100;

export const isOver = ({ expires_at, voided_at }: CreditGrant): boolean =>
  voided_at !== null || (expires_at !== null && expires_at <= now());

export const isUnused = (grant: CreditGrant): boolean => !isOver(grant) && balanceOf(grant) > 0;

export function grantCredits(given: Parameters<typeof buildCreditGrant>[0]): CreditGrant {
  if (creditGrants.where({ customer: given.customer }).filter(isUnused).length >= MOST_UNUSED) {
    throw invalid(`A customer can have up to ${MOST_UNUSED} unused credit grants at a time.`);
  }
  const grant = buildCreditGrant(given);
  refusePast(grant.expires_at, grant.effective_at ?? grant.created);
  creditGrants.put(grant);
  emit("billing.credit_grant.created", grant);
  const value = grant.amount.monetary?.value ?? 0;
  credit(grant, value, { credits_application_invoice_voided: null, type: "credits_granted" });
  planExpiry(grant);
  return grant;
}

/** A grant's credits are to expire at another time, or with null never. */
export function moveExpiry(grant: CreditGrant, expires_at: number | null): Partial<CreditGrant> {
  refuseOver(grant, "update");
  refusePast(expires_at, now());
  planExpiry({ ...grant, expires_at });
  return { expires_at };
}

export function expireGrant(grant: CreditGrant): CreditGrant {
  refuseOver(grant, "expire");
  return end(grant, { expires_at: now() }, "credits_expired");
}

/** Only what was never applied can be voided. */
export function voidGrant(grant: CreditGrant): CreditGrant {
  refuseOver(grant, "void");
  if (isApplied(grant)) {
    throw invalid("You can only void a credit grant that has not been applied to an invoice.");
  }
  return end(grant, { voided_at: now() }, "credits_voided");
}

function end(grant: CreditGrant, how: Partial<CreditGrant>, type: "credits_expired" | "credits_voided") {
  unschedule("credit_grant.expire", grant.id);
  const ended = creditGrants.put({ ...grant, ...how, updated: now() });
  emit("billing.credit_grant.updated", ended, grant);
  empty(ended, type);
  return ended;
}

/** The grant has said when. */
export function expireGrantOnTime(id: string): void {
  empty(creditGrants.must(id), "credits_expired");
}

function planExpiry({ id, expires_at, test_clock }: CreditGrant): void {
  if (expires_at === null) unschedule("credit_grant.expire", id);
  else schedule("credit_grant.expire", id, expires_at, test_clock);
}

function refuseOver(grant: CreditGrant, doing: string): void {
  if (!isOver(grant)) return;
  const state = grant.voided_at === null ? "expired" : "voided";
  throw invalid(`You cannot ${doing} a credit grant that is ${state}.`);
}

function refusePast(expires_at: number | null, at: number): void {
  if (expires_at === null || expires_at > at) return;
  throw invalid("`expires_at` must be in the future, and after `effective_at`.", { param: "expires_at" });
}
