import {
  describeStatus,
  isActive,
  isCollectionPaused,
  isEnded,
  isEndingLater,
  isIncomplete,
  isInvoiced,
  isOnGracePeriod,
  isOnTrial,
  isPastDue,
  isUnpaid,
} from "@/lib/billing/status";
import type { SubscriptionOverview } from "@/lib/billing/subscription/overview";
import { formatDate, formatMoney, formatUnitPrice, perInterval } from "../format";
import { Badge, type Tone } from "../ui/badge";
import { ButtonLink } from "../ui/button";

type Item = SubscriptionOverview["items"][number];

/** Every subscription a person has, each with one sentence of what happens to it next. */
export function SubscriptionSheets({ subscriptions }: { subscriptions: SubscriptionOverview[] }) {
  if (!subscriptions.length) return <NoPlan />;
  return (
    <ul className="grid gap-10">
      {subscriptions.map((subscription) => (
        <li key={subscription.id}>
          <SubscriptionSheet subscription={subscription} />
        </li>
      ))}
    </ul>
  );
}

const NoPlan = () => (
  <>
    <p className="max-w-prose text-lg leading-relaxed">You have no plan at the moment, and nothing renews.</p>
    <ButtonLink href="/pricing" className="mt-6">
      See prices
    </ButtonLink>
  </>
);

function SubscriptionSheet({ subscription }: { subscription: SubscriptionOverview }) {
  const { openInvoice, items } = subscription;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="font-medium text-3xl tracking-tight">{nameOf(subscription)}</span>
        <Badge tone={toneOf(subscription)}>{describeStatus(subscription)}</Badge>
      </p>
      <p className="max-w-prose pt-3 text-lg leading-relaxed">{whatComesNext(subscription)}</p>
      {items.length > 1 && (
        <ul className="pt-3 text-iron">
          {items.map((item) => (
            <li key={item.id}>{describeItem(item)}</li>
          ))}
        </ul>
      )}
      {openInvoice?.hostedInvoiceUrl && (
        <p className="pt-3">
          <a href={openInvoice.hostedInvoiceUrl} className="link">
            See and pay the open bill
          </a>
        </p>
      )}
    </>
  );
}

const nameOf = ({ product, quantity }: SubscriptionOverview) =>
  `${timesOf(quantity)}${product?.name ?? "A plan agreed with you"}`;

const timesOf = (quantity: number | null) => (quantity === null || quantity === 1 ? "" : `${quantity} × `);

/** "AIaaS Pro, $99.00 a month", "2 × An extra agreed with you, $5.00 a month", "Calls, $0.005 apiece" */
const describeItem = (item: Item) =>
  `${timesOf(item.quantity)}${item.productName ?? "An extra agreed with you"}, ${priceOf(item)}`;

function priceOf({ unitAmount, unitAmountDecimal, currency, quantity, interval, intervalCount }: Item) {
  if (unitAmount === null && unitAmountDecimal === null) return "at the price agreed";
  const price =
    unitAmount === null
      ? formatUnitPrice(unitAmountDecimal ?? "", currency)
      : formatMoney(unitAmount, currency);
  // Metered: the bill depends on how many were used.
  return quantity === null ? `${price} apiece` : `${price} ${perInterval(interval, intervalCount)}`;
}

function toneOf(subscription: SubscriptionOverview): Tone {
  if (isEnded(subscription)) return "plain";
  if (isPastDue(subscription) || !isActive(subscription)) return "hot";
  return isOnGracePeriod(subscription) || isCollectionPaused(subscription) ? "plain" : "sound";
}

/** One sentence or two; every sum is Stripe's own, of its open bill or of its preview of the next. */
function whatComesNext(subscription: SubscriptionOverview): string {
  const { currentPeriodEnd, cancelAt, endedAt } = subscription;
  if (isEnded(subscription)) return `It ended on ${formatDate(endedAt ?? currentPeriodEnd)}. Nothing renews.`;
  if (isIncomplete(subscription)) return "It begins as soon as the first payment has gone through.";
  if (isUnpaid(subscription))
    return `The plan rests until ${openSum(subscription) ?? "the open bill"} is paid. You can pay under Manage billing.`;
  if (!isActive(subscription)) return "The plan rests, and nothing is charged meanwhile.";
  if (isPastDue(subscription)) return sentences(whatIsOverdue(subscription), endOf(subscription));
  if (isCollectionPaused(subscription)) return sentences(pauseOf(subscription), endOf(subscription));
  if (isOnGracePeriod(subscription))
    return `It stays yours until ${formatDate(cancelAt ?? currentPeriodEnd)} and does not renew. Until then you can take it up again under Manage billing.`;
  if (isOnTrial(subscription)) return sentences(whatFollowsTheTrial(subscription), endOf(subscription));
  return sentences(openBill(subscription), renewal(subscription), endOf(subscription));
}

const sentences = (...all: string[]) => all.filter(Boolean).join(" ");

function whatIsOverdue(subscription: SubscriptionOverview): string {
  const { openInvoice } = subscription;
  const sum = openSum(subscription);
  if (isInvoiced(subscription)) {
    const due = openInvoice?.dueAt ? `was due on ${formatDate(openInvoice.dueAt)}` : "is overdue";
    return `The bill${sum ? ` of ${sum}` : ""} ${due}. The plan goes on as soon as it is paid.`;
  }
  const declined = `The last payment${sum ? ` of ${sum}` : ""} was declined. Please check your card under Manage billing: the plan goes on as soon as it is paid.`;
  const next = isCollectionPaused(subscription) ? null : openInvoice?.nextPaymentAttemptAt;
  return sentences(declined, next ? `The card is tried again on ${formatDate(next)}.` : "");
}

const openSum = ({ openInvoice }: SubscriptionOverview) =>
  openInvoice ? formatMoney(openInvoice.amountRemaining, openInvoice.currency) : null;

const pauseOf = ({ pauseResumesAt }: SubscriptionOverview) =>
  pauseResumesAt
    ? `Payments are paused until ${formatDate(pauseResumesAt)}. Nothing is charged before then.`
    : "Payments are paused until further notice. Nothing is charged meanwhile.";

function endOf(subscription: SubscriptionOverview): string {
  const { currentPeriodEnd, cancelAt } = subscription;
  if (!isOnGracePeriod(subscription) && !isEndingLater(subscription)) return "";
  return `It ends on ${formatDate(cancelAt ?? currentPeriodEnd)}.`;
}

function openBill(subscription: SubscriptionOverview): string {
  const { openInvoice } = subscription;
  if (!openInvoice) return "";
  const due = openInvoice.dueAt ? `, due on ${formatDate(openInvoice.dueAt)}` : "";
  return `A bill of ${openSum(subscription)} is open${due}.`;
}

function renewal(subscription: SubscriptionOverview): string {
  const { nextInvoice } = subscription;
  const date = formatDate(nextBillAt(subscription));
  if (nextInvoice === null) return `It runs until ${date}, and no bill follows.`;
  if (nextInvoice === undefined)
    return `Renews on ${date}. How much it will be could not be asked for just now.`;
  return `Renews on ${date} for ${formatMoney(nextInvoice.amountDue, nextInvoice.currency)}.`;
}

/** Items may be billed by different intervals: the first of them to renew makes the next bill. */
const nextBillAt = ({ currentPeriodEnd, items }: SubscriptionOverview) =>
  items.reduce(
    (first, item) => (item.currentPeriodEnd < first ? item.currentPeriodEnd : first),
    currentPeriodEnd,
  );

/** The first bill alone: a coupon may end with it. */
function whatFollowsTheTrial({ trialEnd, currentPeriodEnd, nextInvoice }: SubscriptionOverview): string {
  const date = formatDate(trialEnd ?? currentPeriodEnd);
  if (nextInvoice === null) return `The trial is free until ${date}, and no bill follows.`;
  if (nextInvoice === undefined)
    return `The trial is free until ${date}. How much the first bill will be could not be asked for just now.`;
  const sum = formatMoney(nextInvoice.amountDue, nextInvoice.currency);
  return `The trial is free until ${date}; then the first bill is ${sum}.`;
}
