import { invalid } from "../../kit/errors";
import { emit, inSequence } from "../../kit/events";
import { balanceTransactions, buildBalanceTransaction } from "../../objects/balance-transaction";
import { type Charge, charges } from "../../objects/charge";
import { buildDispute, type Dispute, disputes } from "../../objects/dispute";
import type { PaymentMethod } from "../../objects/payment-method";
import { DISPUTE } from "../behavior/sequences";
import { switches } from "../behavior/switches";
import { instrumentOf } from "./bank";

/** The fee of a dispute in the United States (https://docs.stripe.com/disputes). */
const FEE_CENTS = 1500;
const ENDED = new Set<string>(["won", "lost", "warning_closed", "prevented"]);

/**
 * The cardholder says that the payment was not theirs: the money is withdrawn until it is decided; an inquiry
 * withdraws none (https://docs.stripe.com/disputes).
 */
export function openDispute(charge: Charge, reason: string, inquiry = false): Dispute {
  if (!charge.paid || charge.disputed) {
    throw invalid(`Charge ${charge.id} cannot be disputed.`, { param: "charge" });
  }
  return inSequence(DISPUTE, () => {
    const opened = disputes.put(buildDispute(charge, reason, inquiry));
    emit("charge.dispute.created", opened);
    const disputed = charges.put({ ...charge, disputed: true });
    if (switches.disputeUpdatesCharge === "yes") emit("charge.updated", disputed, charge);
    return inquiry ? opened : moveFunds(opened, -opened.amount, FEE_CENTS, "charge.dispute.funds_withdrawn");
  });
}

/** Some test cards are disputed as soon as their money was taken (recorded). */
export function disputeByItself(charge: Charge, method: PaymentMethod): void {
  const { dispute } = instrumentOf(method);
  if (dispute) openDispute(charge, dispute.reason, dispute.inquiry);
}

/** Test-mode evidence decides by its words, as Stripe's does (https://docs.stripe.com/testing). */
export function answerDispute(dispute: Dispute, given: Partial<Dispute>, submit: boolean): Dispute {
  refuseClosed(dispute);
  const evidence = { ...dispute.evidence, ...given.evidence };
  const { submission_count } = dispute.evidence_details;
  const answered = disputes.put({
    ...dispute,
    ...given,
    evidence,
    evidence_details: {
      ...dispute.evidence_details,
      has_evidence: dispute.evidence_details.has_evidence || given.evidence !== undefined,
      submission_count: submission_count + (submit ? 1 : 0),
      ...(submit ? { submission_method: "manual" as const } : {}),
    },
    ...(submit ? { status: isInquiry(dispute) ? "warning_under_review" : "under_review" } : {}),
  });
  emit("charge.dispute.updated", answered, dispute);
  tellOfCharge(answered);
  if (!submit) return answered;
  if (evidence.uncategorized_text === "winning_evidence") return closeDispute(answered, true);
  if (evidence.uncategorized_text === "losing_evidence") return closeDispute(answered, false);
  if (evidence.uncategorized_text === "escalate_inquiry_evidence") return escalate(answered);
  return answered;
}

/** Beside its dispute the charge is told of too, although nothing of it changed (recorded). */
function tellOfCharge({ charge }: Dispute): void {
  if (switches.disputeUpdatesCharge === "yes") emit("charge.updated", charges.must(charge));
}

/** Lets the cardholder have the money. */
export function acceptDispute(dispute: Dispute): Dispute {
  const accepted = closeDispute(dispute, false);
  tellOfCharge(accepted);
  return accepted;
}

/** The inquiry becomes a dispute, and takes the money that it left so far (https://docs.stripe.com/testing). */
function escalate(inquiry: Dispute): Dispute {
  if (!isInquiry(inquiry)) return inquiry;
  const { card } = inquiry.payment_method_details ?? {};
  const escalated = disputes.put({
    ...inquiry,
    is_charge_refundable: false,
    ...(card ? { payment_method_details: { card: { ...card, case_type: "chargeback" }, type: "card" } } : {}),
    status: "needs_response",
  });
  emit("charge.dispute.updated", escalated, inquiry);
  return moveFunds(escalated, -escalated.amount, FEE_CENTS, "charge.dispute.funds_withdrawn");
}

function closeDispute(dispute: Dispute, won: boolean): Dispute {
  refuseClosed(dispute);
  const status = isInquiry(dispute) ? "warning_closed" : won ? "won" : "lost";
  // A won charge can be refunded again (recorded).
  const closed = disputes.put({ ...dispute, is_charge_refundable: status !== "lost", status });
  const settled =
    status === "won" ? moveFunds(closed, closed.amount, 0, "charge.dispute.funds_reinstated") : closed;
  emit("charge.dispute.closed", settled);
  return settled;
}

const isInquiry = ({ status }: Dispute) => status.startsWith("warning");

function refuseClosed(dispute: Dispute): void {
  if (ENDED.has(dispute.status)) throw invalid("This dispute is already closed");
}

function moveFunds(
  dispute: Dispute,
  amount: number,
  fee: number,
  type: "charge.dispute.funds_withdrawn" | "charge.dispute.funds_reinstated",
): Dispute {
  const { currency } = dispute;
  const transaction = balanceTransactions.put(
    buildBalanceTransaction(
      {
        amount,
        currency,
        description: `Chargeback ${amount < 0 ? "withdrawal" : "reversal"} for ${dispute.charge}`,
        fee,
        reporting_category: amount < 0 ? "dispute" : "dispute_reversal",
        source: dispute.id,
        type: "adjustment",
      },
      "Dispute fee",
    ),
  );
  const moved = disputes.put({
    ...dispute,
    balance_transactions: [...dispute.balance_transactions, transaction],
  });
  emit(type, moved);
  return moved;
}
