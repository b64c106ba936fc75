import { answerDebit } from "./billing/actions/bank-answers";
import { endAsPlanned } from "./billing/actions/final-invoices";
import { endPeriod } from "./billing/actions/renewals";
import { advanceSchedule } from "./billing/actions/schedule-advances";
import { expireIncomplete } from "./billing/actions/subscription-start";
import { deleteClockOnTime } from "./billing/actions/test-clocks";
import { announceTrialEnd } from "./billing/actions/trials";
import { announceInvoice } from "./billing/actions/upcoming";
import { expireSessionOnTime } from "./billing/checkout/submission";
import { finalizeDraft, retryInvoice } from "./billing/collection/collection";
import { markOverdue } from "./billing/collection/sent-invoices";
import { expireGrantOnTime } from "./billing/credits/grants";
import { endDiscountOnTime } from "./billing/discounts/discounts";
import { expireCoupon, expirePromotionCode } from "./billing/discounts/validity";
import { expireHold } from "./billing/payments/holds";
import { answerRefund } from "./billing/payments/refunds";
import { announceExpiry } from "./billing/schedules/ends";
import { resumeCollection } from "./billing/subscriptions/pauses";
import { expirePendingUpdate } from "./billing/subscriptions/pending-updates";
import { expireResumption } from "./billing/subscriptions/resumption";
import { answerTaxId } from "./billing/tax/tax-ids";
import type { DueKind } from "./kit/due-kinds";
import { tellLate } from "./kit/events";
import { expireSecret } from "./webhooks/secrets";

/** By kind of due work: what happens to its subject, whose id it is given, when the time has come. */
export const dueWork: Readonly<Record<DueKind, (subject: string) => void>> = {
  "checkout.session.expire": expireSessionOnTime,
  "coupon.expire": expireCoupon,
  "credit_grant.expire": expireGrantOnTime,
  "discount.end": endDiscountOnTime,
  "event.publish": tellLate,
  "invoice.finalize": finalizeDraft,
  "invoice.overdue": markOverdue,
  "invoice.retry": retryInvoice,
  "invoice.upcoming": announceInvoice,
  "payment_intent.answer": answerDebit,
  "payment_intent.expire": expireHold,
  "promotion_code.expire": expirePromotionCode,
  "refund.answer": answerRefund,
  "subscription.cancel": endAsPlanned,
  "subscription.expire": expireIncomplete,
  "subscription.pending_update.expire": expirePendingUpdate,
  "subscription.renew": endPeriod,
  "subscription.resume_collection": resumeCollection,
  "subscription.resumption.expire": expireResumption,
  "subscription.trial_will_end": announceTrialEnd,
  "subscription_schedule.advance": advanceSchedule,
  "subscription_schedule.expiring": announceExpiry,
  "tax_id.verify": answerTaxId,
  "test_clock.delete": deleteClockOnTime,
  "webhook_endpoint.expire_secret": expireSecret,
};
