import { exclusive, invalid } from "../../kit/errors";
import { find } from "../../kit/lookup";
import { paymentMethods } from "../../objects/payment-method";
import {
  buildPhase,
  buildPhaseItem,
  type DefaultSettings,
  type Phase,
} from "../../objects/subscription-schedule";
import { amountOf } from "../money/amounts";
import { startsCycle } from "./current";
import type { PhaseGiven } from "./params";
import { type Known, readDiscounts, readItems, readOnce, readRates } from "./phase-contents";
import { phaseEnd, resolveMoment } from "./phase-ends";

interface Beginning extends Known {
  readonly customer: string;
  /** The first phase begins then. */
  readonly start: number;
  /** Billing periods are counted from it. */
  readonly anchor: number;
  readonly settings: DefaultSettings;
}

/** The most phases that a schedule may have (https://docs.stripe.com/billing/subscriptions/subscription-schedules). */
const MOST_PHASES = 10;

/** The `phases` parameter: each begins where the one before it ends. */
export function readPhases(given: readonly PhaseGiven[], beginning: Beginning): Phase[] {
  if (given.length > MOST_PHASES) {
    throw invalid(`A subscription schedule can have up to ${MOST_PHASES} phases.`, { param: "phases" });
  }
  let { start, anchor, currency } = beginning;
  return given.map((one, position) => {
    const param = `phases[${position}]`;
    refuseGap(one, start, param);
    const { billing_cycle_anchor = null } = one;
    if (startsCycle({ billing_cycle_anchor }, beginning.settings)) anchor = start;
    const phase = readPhase(one, { ...beginning, start, anchor, ...(currency ? { currency } : {}) }, param);
    start = phase.end_date;
    anchor = phase.trial_end ?? anchor;
    currency = phase.currency;
    return phase;
  });
}

/** Inferred: the words. */
function refuseGap({ start_date }: PhaseGiven, start: number, param: string): void {
  if (start_date === undefined || resolveMoment(start_date) === start) return;
  throw invalid("The `start_date` of a phase must be the `end_date` of the phase before it.", {
    param: `${param}[start_date]`,
  });
}

function readPhase(given: PhaseGiven, beginning: Beginning, param: string): Phase {
  const { customer, start } = beginning;
  const ordered = readItems(given, beginning, param);
  const currency = ordered[0]?.price.currency ?? "usd";
  const end = phaseEnd(
    given,
    ordered.map(({ price }) => price),
    { ...beginning, param },
  );
  const { default_payment_method: method } = given;
  if (method) find(paymentMethods, method, `${param}[default_payment_method]`);
  const amount = ordered.reduce((sum, { price, quantity }) => sum + amountOf(price, quantity), 0);
  return buildPhase({
    add_invoice_items: readOnce(given, param),
    billing_cycle_anchor: given.billing_cycle_anchor ?? null,
    collection_method: given.collection_method ?? null,
    currency,
    default_payment_method: method ?? null,
    description: given.description ?? null,
    discounts: readDiscounts(given, { customer, currency, amount }, param),
    end_date: end,
    invoice_settings: given.invoice_settings ? invoiceSettings(given.invoice_settings) : null,
    default_tax_rates: readRates(given.default_tax_rates, `${param}[default_tax_rates]`),
    items: ordered.map(({ price, quantity, metadata, rates }) =>
      buildPhaseItem(price.id, quantity, metadata ?? {}, rates),
    ),
    // An empty value is kept: it unsets a key of the subscription's (type: the comment of `…Phase.metadata`).
    metadata: given.metadata ?? {},
    proration_behavior: given.proration_behavior ?? "create_prorations",
    start_date: start,
    trial_end: trialEnd(given, end, param),
  });
}

export const invoiceSettings = (
  given: NonNullable<PhaseGiven["invoice_settings"]>,
): NonNullable<Phase["invoice_settings"]> => ({
  account_tax_ids: null,
  custom_fields: null,
  days_until_due: given.days_until_due ?? null,
  description: given.description ?? null,
  footer: given.footer ?? null,
  issuer: null,
});

/**
 * `trial` makes a trial of the whole phase (types: the comments of `…Phase.trial`, `trial_end` and
 * `billing_cycle_anchor`).
 */
function trialEnd({ trial, trial_end, billing_cycle_anchor }: PhaseGiven, end: number, param: string) {
  const told = trial_end === undefined ? null : resolveMoment(trial_end);
  if (trial && told !== null && told !== end) throw exclusive(`${param}[trial]`, `${param}[trial_end]`);
  const at = trial ? end : told;
  if (at !== null && billing_cycle_anchor === "phase_start") {
    throw invalid("You cannot set `billing_cycle_anchor` to `phase_start` for a phase with a trial.", {
      param: `${param}[billing_cycle_anchor]`,
    });
  }
  return at;
}
