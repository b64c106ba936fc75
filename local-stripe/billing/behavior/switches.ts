import { onReload, Table } from "../../kit/store";

/**
 * Stripe's behaviour is not certain here, or is a setting of the account: both variants can be played. The first is
 * the default.
 */
export const switchValues = {
  /** `payment_status` of a session that begins a trial. */
  trialPaymentStatus: ["no_payment_required", "paid"],
  /** A card added in the portal becomes the default of these. */
  portalCardDefault: ["both", "customer", "subscription"],
  /** `invoice.updated` tells of a finalization beside `invoice.finalized`, or does not. */
  finalizationUpdatesInvoice: ["no", "yes"],
  /** `customer.updated` tells that an invoice number was used up, or does not. */
  finalizationUpdatesCustomer: ["yes", "no"],
  /** `customer.subscription.updated` comes beside `…paused` and `…resumed`, or does not. */
  pauseUpdatesSubscription: ["yes", "no"],
  /** `charge.updated` tells of a dispute, or does not. */
  disputeUpdatesCharge: ["yes", "no"],
  /**
   * A failed payment is tried again after 3, 5 and 7 days, or eight times in two weeks as Smart Retries may
   * (https://docs.stripe.com/billing/revenue-recovery/smart-retries).
   */
  retries: ["fixed", "smart"],
  /** A subscription whose last retry failed is canceled, unpaid or stays past due, by a setting of the account. */
  afterRetries: ["cancel", "unpaid", "past_due"],
} as const;

type Switches = { -readonly [Name in keyof typeof switchValues]: (typeof switchValues)[Name][number] };

const defaults = () =>
  Object.fromEntries(Object.entries(switchValues).map(([name, [first]]) => [name, first])) as Switches;

export const switches: Switches = defaults();

/**
 * The switches belong to the state: they are kept, dumped and loaded with it, and back at their defaults after a
 * reset.
 */
const switched = new Table<{ id: "all"; values: Switches }>("switches", "");

export function turn<Name extends keyof Switches>(name: Name, value: Switches[Name]): void {
  switches[name] = value;
  switched.put({ id: "all", values: { ...switches } });
}

onReload(() => {
  Object.assign(switches, defaults(), switched.get("all")?.values);
});
