import { DAY_SECONDS, HOUR_SECONDS } from "../billing/time/durations";
import { currentPeriodEnd } from "../billing/time/subscription-periods";
import type { Charge } from "../objects/charge";
import { prices } from "../objects/price";
import { subscriptions } from "../objects/subscription";
import { answerDispute, bringCard, cancel, changePlan, dispute, goesOn, refund, subscribe } from "./buyer";
import type { SoldPlan } from "./catalog";
import type { Dice } from "./dice";
import { person } from "./people";
import type { Scenario } from "./scenario";

/** Something that happens at its time, unless it has become impossible by then. */
export interface Step {
  readonly at: number;
  readonly run: () => void;
}

export interface Month {
  readonly from: number;
  readonly to: number;
  /** So many customers come in it. */
  readonly arriving: number;
}

export interface Shop extends Scenario {
  readonly dice: Dice;
  /** Its plans, as they are sold. */
  sold: readonly SoldPlan[];
  /** So many customers have been thought of. */
  arrived: number;
  /** Those who have bought. */
  readonly buyers: Set<string>;
  /** Their subscriptions, oldest first. */
  readonly subscriptions: string[];
}

const CARDS = ["pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_visa_debit"];
const REASONS = ["too_expensive", "missing_features", "switched_service", "unused", "too_complex", "other"];

/** Everything that is going to happen in a month, decided at its beginning; some of it reaches into the next. */
export function stepsOf(shop: Shop, month: Month, payments: readonly Charge[]): Step[] {
  return [
    ...shop.subscriptions.flatMap((id) => stepsOfSubscription(shop, month, id)),
    ...payments.flatMap(({ id }) => stepsOfPayment(shop, month, id)),
    ...Array.from({ length: month.arriving }, () => arrival(shop, month)),
  ];
}

function arrival(shop: Shop, { from, to }: Month): Step {
  const { dice, sold, yearly, trials, declines } = shop;
  const at = dice.between(from, to);
  const plan = dice.pickByShare(sold);
  const byYear = dice.happens(yearly);
  const purchase = {
    ...person(shop.arrived++),
    price: ((byYear ? plan.yearly : plan.monthly) ?? plan.monthly ?? plan.yearly) as string,
    trialDays: trials && dice.happens(trials.share) ? trials.days : 0,
    card: dice.pick(CARDS),
    declined: dice.happens(declines?.at_checkout ?? 0),
  };
  const run = () => {
    const id = subscribe(purchase);
    if (id === undefined) return;
    shop.subscriptions.push(id);
    shop.buyers.add(subscriptions.must(id).customer);
  };
  return { at, run };
}

/** One thing at most happens to a subscription in a month, besides its renewal. */
function stepsOfSubscription(shop: Shop, { from, to }: Month, id: string): Step[] {
  const { dice, cancellations, upgrades, downgrades, declines } = shop;
  if (!goesOn(id)) return [];
  const at = dice.between(from, to);
  if (dice.happens(cancellations?.per_month ?? 0)) {
    const [atOnce, reason] = [dice.happens(cancellations?.at_once ?? 0), dice.pick(REASONS)];
    return [{ at, run: () => cancel(id, atOnce, reason) }];
  }
  if (dice.happens(upgrades)) return toPlan(shop, id, at, 1);
  if (dice.happens(downgrades)) return toPlan(shop, id, at, -1);
  const renewal = currentPeriodEnd(subscriptions.must(id));
  const isDeclined = renewal >= from && renewal < to && dice.happens(declines?.at_renewal ?? 0);
  return isDeclined ? declinedRenewal(shop, from, id, renewal) : [];
}

function toPlan({ sold }: Shop, id: string, at: number, step: 1 | -1): Step[] {
  const now = subscriptions.must(id).items.data[0]?.price.id ?? "";
  const interval = prices.must(now).recurring?.interval === "year" ? "yearly" : "monthly";
  const next = sold[sold.findIndex((plan) => plan[interval] === now) + step]?.[interval];
  if (!next) return [];
  // More is paid for at once, less is taken off the next invoice.
  const proration = step === 1 ? "always_invoice" : "create_prorations";
  return [{ at, run: () => changePlan(id, next, proration) }];
}

/** The card fails when it renews. It is tried again for two weeks, in which some bring another one. */
function declinedRenewal({ dice, declines }: Shop, from: number, id: string, renewal: number): Step[] {
  const breaks = {
    at: Math.max(from, renewal - HOUR_SECONDS),
    run: () => bringCard(id, "pm_card_chargeCustomerFail"),
  };
  const at = renewal + dice.between(DAY_SECONDS, 6 * DAY_SECONDS);
  const card = dice.pick(CARDS);
  const recovers = dice.happens(declines?.recovering ?? 0);
  return recovers ? [breaks, { at, run: () => bringCard(id, card) }] : [breaks];
}

function stepsOfPayment({ dice, refunds, disputes }: Shop, { from, to }: Month, charge: string): Step[] {
  const at = dice.between(from, to);
  if (dice.happens(refunds)) return [{ at, run: () => refund(charge) }];
  if (!dice.happens(disputes?.share ?? 0)) return [];
  const answered = at + dice.between(2 * DAY_SECONDS, 20 * DAY_SECONDS);
  const won = dice.happens(disputes?.won ?? 0);
  return [
    { at, run: () => dispute(charge) },
    { at: answered, run: () => answerDispute(charge, won) },
  ];
}
