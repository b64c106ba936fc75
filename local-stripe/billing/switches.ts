import { onReload, Table } from "../kit/store";

/** Where Stripe's behaviour is not certain, or is a setting of the account, both variants can be played. The first is the default. */
export const switchValues = {
  /** `payment_status` of a session that begins a trial. */
  trialPaymentStatus: ["no_payment_required", "paid"],
  /** What a card added in the portal becomes the default of. */
  portalCardDefault: ["both", "customer", "subscription"],
  /** Whether `invoice.updated` tells of a finalization beside `invoice.finalized`. */
  finalizationUpdatesInvoice: ["no", "yes"],
  /** Whether `customer.updated` tells that an invoice number was used up. */
  finalizationUpdatesCustomer: ["yes", "no"],
  /** Whether `customer.subscription.updated` comes beside `…paused` and `…resumed`. */
  pauseUpdatesSubscription: ["yes", "no"],
  /** Whether `charge.updated` tells of a dispute. */
  disputeUpdatesCharge: ["yes", "no"],
  /** When a failed payment is tried again: after 3, 5 and 7 days, or eight times in two weeks as Smart Retries may. */
  retries: ["fixed", "smart"],
  /** What becomes of a subscription whose last retry failed. */
  afterRetries: ["cancel", "unpaid", "past_due"],
} as const;

type Switches = { -readonly [Name in keyof typeof switchValues]: (typeof switchValues)[Name][number] };

const defaults = () =>
  Object.fromEntries(Object.entries(switchValues).map(([name, [first]]) => [name, first])) as Switches;

export const switches: Switches = defaults();

/** What was switched belongs to the state: it is kept, dumped and loaded with it, and gone after a reset. */
const switched = new Table<{ id: "all"; values: Switches }>("switches", "");

export function turn<Name extends keyof Switches>(name: Name, value: Switches[Name]): void {
  switches[name] = value;
  switched.put({ id: "all", values: { ...switches } });
}

onReload(() => {
  Object.assign(switches, defaults(), switched.get("all")?.values);
});
