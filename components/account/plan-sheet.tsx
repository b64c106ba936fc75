import type { getCurrentSubscription } from "@/db/queries/account";
import {
  describeStatus,
  isActive,
  isEnded,
  isOnGracePeriod,
  isOnTrial,
  isPastDue,
} from "@/lib/billing/status";
import { formatDate, formatMoney, perInterval } from "../format";
import { Badge, type Tone } from "../ui/badge";
import { ButtonLink } from "../ui/button";

type Subscription = NonNullable<Awaited<ReturnType<typeof getCurrentSubscription>>>;

/** The plan a person has, and in one sentence what happens to it next. */
export function PlanSheet({ subscription }: { subscription: Subscription | null }) {
  if (!subscription) return <NoPlan />;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="font-medium text-3xl tracking-tight">
          {subscription.product?.name ?? "A former plan"}
        </span>
        <Badge tone={toneOf(subscription)}>{describeStatus(subscription)}</Badge>
      </p>
      <p className="max-w-prose pt-3 text-lg leading-relaxed">{whatComesNext(subscription)}</p>
    </>
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

function toneOf(subscription: Subscription): Tone {
  if (isEnded(subscription)) return "plain";
  if (isPastDue(subscription) || !isActive(subscription)) return "hot";
  return isOnGracePeriod(subscription) ? "plain" : "sound";
}

function whatComesNext(subscription: Subscription): string {
  const { currentPeriodEnd, cancelAt, trialEnd, endedAt } = subscription;
  const sum = sumOf(subscription);
  const price = `${sum} ${perInterval(subscription.interval)}`;
  if (isEnded(subscription)) return `It ended on ${formatDate(endedAt ?? currentPeriodEnd)}. Nothing renews.`;
  if (isPastDue(subscription))
    return `The last payment of ${sum} was declined. Please check your card under Manage billing: the plan goes on as soon as it is paid.`;
  if (!isActive(subscription))
    return `The plan rests until ${sum} is paid. You can pay under Manage billing.`;
  if (isOnGracePeriod(subscription))
    return `It stays yours until ${formatDate(cancelAt ?? currentPeriodEnd)} and does not renew. Until then you can take it up again under Manage billing.`;
  if (isOnTrial(subscription))
    return `The trial is free until ${formatDate(trialEnd ?? currentPeriodEnd)}; then it costs ${price}.`;
  return `Renews on ${formatDate(currentPeriodEnd)} for ${sum}.`;
}

const sumOf = ({ unitAmount, currency, quantity }: Subscription): string =>
  unitAmount === null ? "the price agreed" : formatMoney(unitAmount * quantity, currency);
