import type { Local } from "./harness";

export const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

export const at = (iso: string) => Date.parse(`${iso}Z`) / 1000;

/** Moves a test clock, by several advances where one may not go so far, and waits until it stands again. */
export async function advanceTo(local: Local, clock: string, ...times: number[]): Promise<void> {
  const { testClocks } = local.stripe.testHelpers;
  for (const frozen_time of times) {
    await testClocks.advance(clock, { frozen_time });
    while ((await testClocks.retrieve(clock)).status !== "ready");
  }
}

/** Moves the wall clock. Seconds pass by themselves, so it may stand a little later. */
export async function advanceWallTo(local: Local, time: number): Promise<void> {
  const { now } = (await (await fetch(`${local.origin}/__local/clock`)).json()) as { now: number };
  if (time > now) await local.control(`clock/advance?seconds=${time - now}`);
}

/** The two clocks that time can be moved by. */
export const CLOCKS = ["a test clock", "the wall clock"] as const;
export type Clock = (typeof CLOCKS)[number];

/** A customer with a card who lives by the wall clock. */
export async function customerOnWall(local: Local, time: number, card: string | null = "pm_card_visa") {
  await advanceWallTo(local, time);
  const paying = card && { payment_method: card, invoice_settings: { default_payment_method: card } };
  const customer = await local.stripe.customers.create({ email: "ada@example.com", ...paying });
  return { clock: null, customer: customer.id };
}

/** A customer with a card on a test clock of their own. */
export async function customerAt(local: Local, time: number, card: string | null = "pm_card_visa") {
  const clock = await local.stripe.testHelpers.testClocks.create({ frozen_time: time });
  const paying = card && { payment_method: card, invoice_settings: { default_payment_method: card } };
  const customer = await local.stripe.customers.create({
    email: "ada@example.com",
    test_clock: clock.id,
    ...paying,
  });
  return { clock: clock.id, customer: customer.id };
}
