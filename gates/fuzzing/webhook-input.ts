import type { Choose } from "../../test/support/random";
import { type FuzzInput, HOSTILE, type Known } from "./words";

/** Signed by Stripe's secret or not; what is signed is never an event, for a true one may be answered 503. */
export function webhookInput(
  random: Choose,
  path: string,
  headers: Record<string, string>,
  { sign }: Known,
): FuzzInput {
  const value = () =>
    random<unknown>(
      null,
      1,
      "x",
      [],
      {},
      { object: null },
      { object: {} },
      true,
      Number.MAX_VALUE,
      ...HOSTILE,
    );
  const almost = {
    id: random("evt_1", value()),
    type: value(),
    created: random(1, value()),
    livemode: random(false, value()),
  };
  const body = random(
    JSON.stringify({ ...almost, data: random(value(), { object: value() }) }),
    "{",
    "",
    String(random(...HOSTILE)),
  );
  const signature = random(
    sign(body),
    sign(body),
    sign(`${body} `),
    "t=1,v1=0",
    "t=,v1=",
    "x",
    `t=${"9".repeat(400)},v1=00`,
  );
  return {
    method: "POST",
    path,
    headers: { ...headers, "Stripe-Signature": signature },
    body,
    byBrowser: true,
  };
}
