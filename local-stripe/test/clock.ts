import type { Local } from "./harness";

export const DAY = 86_400;

export const at = (iso: string) => Date.parse(`${iso}Z`) / 1000;

/** Moves a test clock, by several advances where one may not go so far, and waits until it stands again. */
export async function advanceTo(local: Local, clock: string, ...times: number[]): Promise<void> {
  const { testClocks } = local.stripe.testHelpers;
  for (const frozen_time of times) {
    await testClocks.advance(clock, { frozen_time });
    while ((await testClocks.retrieve(clock)).status !== "ready");
  }
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
