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
  `${quantity > 1 ? `${quantity} × ` : ""}${product?.name ?? "A plan agreed with you"}`;

/** "AIaaS Pro, $99.00 a month", "2 × An extra agreed with you, $5.00 a month" */
function describeItem(item: Item): string {
  const { quantity, productName, interval, intervalCount } = item;
  const times = quantity !== null && quantity !== 1 ? `${quantity} × ` : "";
  return `${times}${productName ?? "An extra agreed with you"}, ${priceOf(item)} ${perInterval(interval, intervalCount)}`;
}

function priceOf({ unitAmount, unitAmountDecimal, currency }: Item): string {
  if (unitAmount !== null) return formatMoney(unitAmount, currency);
  return unitAmountDecimal === null ? "at the price agreed" : formatUnitPrice(unitAmountDecimal, currency);
}

function toneOf(subscription: SubscriptionOverview): Tone {
  if (isEnded(subscription)) return "plain";
  if (isPastDue(subscription) || !isActive(subscription)) return "hot";
  return isOnGracePeriod(subscription) || isCollectionPaused(subscription) ? "plain" : "sound";
}

/** One sentence or two; every sum is Stripe's own, of its open bill or of its preview of the next. */
function whatComesNext(subscription: SubscriptionOverview): string {
  const { currentPeriodEnd, cancelAt, pauseResumesAt } = subscription;
  if (isIncomplete(subscription)) return "It begins as soon as the first payment has gone through.";
  if (isPastDue(subscription)) return whatIsOverdue(subscription);
  if (!isActive(subscription))
    return `The plan rests until ${openSum(subscription)} is paid. You can pay under Manage billing.`;
  if (isCollectionPaused(subscription))
    return pauseResumesAt
      ? `Payments are paused until ${formatDate(pauseResumesAt)}. Nothing is charged before then.`
      : "Payments are paused until further notice. Nothing is charged meanwhile.";
  if (isOnGracePeriod(subscription))
    return `It stays yours until ${formatDate(cancelAt ?? currentPeriodEnd)} and does not renew. Until then you can take it up again under Manage billing.`;
  if (isOnTrial(subscription)) return whatFollowsTheTrial(subscription);
  return [openBill(subscription), renewal(subscription), laterEnd(subscription)].filter(Boolean).join(" ");
}

function whatIsOverdue(subscription: SubscriptionOverview): string {
  const { openInvoice } = subscription;
  if (isInvoiced(subscription)) {
    const due = openInvoice?.dueAt ? ` was due on ${formatDate(openInvoice.dueAt)}` : " is overdue";
    return `The bill of ${openSum(subscription)}${due}. The plan goes on as soon as it is paid.`;
  }
  const next = openInvoice?.nextPaymentAttemptAt;
  const again = next ? ` The card is tried again on ${formatDate(next)}.` : "";
  return `The last payment of ${openSum(subscription)} was declined. Please check your card under Manage billing: the plan goes on as soon as it is paid.${again}`;
}

const openSum = ({ openInvoice }: SubscriptionOverview) =>
  openInvoice ? formatMoney(openInvoice.amountRemaining, openInvoice.currency) : "the open bill";

function openBill(subscription: SubscriptionOverview): string {
  const { openInvoice } = subscription;
  if (!openInvoice) return "";
  const due = openInvoice.dueAt ? `, due on ${formatDate(openInvoice.dueAt)}` : "";
  return `A bill of ${openSum(subscription)} is open${due}.`;
}

function renewal(subscription: SubscriptionOverview): string {
  const { currentPeriodEnd, nextInvoice } = subscription;
  const date = formatDate(currentPeriodEnd);
  if (nextInvoice === null) return `It runs until ${date}, and no bill follows.`;
  if (nextInvoice === undefined)
    return `Renews on ${date}. How much it will be could not be asked for just now.`;
  return `Renews on ${date} for ${formatMoney(nextInvoice.amountDue, nextInvoice.currency)}.`;
}

const laterEnd = (subscription: SubscriptionOverview) =>
  isEndingLater(subscription) && subscription.cancelAt
    ? `It ends on ${formatDate(subscription.cancelAt)}.`
    : "";

function whatFollowsTheTrial({
  trialEnd,
  currentPeriodEnd,
  nextInvoice,
  interval,
  intervalCount,
}: SubscriptionOverview) {
  const date = formatDate(trialEnd ?? currentPeriodEnd);
  if (!nextInvoice) return `The trial is free until ${date}.`;
  const sum = formatMoney(nextInvoice.amountDue, nextInvoice.currency);
  return `The trial is free until ${date}; then it costs ${sum} ${perInterval(interval, intervalCount)}.`;
}
