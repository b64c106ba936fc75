import { describe, expect, test } from "vitest";
import { ask } from "./test/ask";
import { ALIASES, BEYOND, TRIGGERS, type Trigger } from "./test/cli-triggers";
import { startLocalStripe } from "./test/harness";

/** A version of the API that takes the parameters that the CLI still sends, such as a customer's `coupon`. */
const HEADERS = { "Stripe-Version": "2024-06-20" };

const local = startLocalStripe();

const LINE = /^(\w+): (\S+ \S+?)(?: (?!=> )(.+?))?(?: => (\w+))?$/;

/** Makes the calls in order, each with what it takes from the answers before it. */
async function run(trigger: Trigger): Promise<string[]> {
  const answers: Record<string, unknown> = {};
  const filled = (line: string) =>
    line.replace(/\{(\w+)\.([\w.]+)\}/g, (_, name, path: string) =>
      String(path.split(".").reduce((part, key) => (part as never)?.[key], answers[name])),
    );
  for (const line of trigger) {
    const [, name = "", call = "", form = "", refusal] = LINE.exec(line) ?? [];
    const { body } = await ask(local, filled(call), filled(form), HEADERS);
    expect(body.error?.type, `${line}: ${body.error?.message}`).toBe(refusal);
    answers[name] = body;
  }
  return (await local.happened()).map(({ type }) => type);
}

/** A bank answers a debit four days later. */
async function bankAnswers(): Promise<string[]> {
  await local.control("clock/advance?seconds=345600");
  return (await local.happened()).map(({ type }) => type);
}

/**
 * Three that the CLI has, although its calls cannot lead to the event by Stripe's own words; it looks for no event, only
 * at whether its calls are answered.
 */
const INSTEAD: Readonly<Record<string, string>> = {
  // SDK type: a schedule is aborted if its subscription ended because nobody paid. The CLI cancels one before it began.
  "subscription_schedule.aborted": "subscription_schedule.canceled",
  // SDK type: seven days before the end. The CLI stops nine days before it.
  "subscription_schedule.expiring": "test_helpers.test_clock.ready",
  // Docs ("Completing a schedule"): the subscription is released where `end_behavior` is not `cancel`, and the comments
  // of `released_at` and `released_subscription` are about that. A schedule that cancels its subscription is completed.
  "subscription_schedule.completed": "subscription_schedule.released",
};

describe("each trigger of the CLI brings its event", () => {
  const expected = Object.keys(TRIGGERS).filter((name) => !(name in INSTEAD));
  test.each(expected)("%s", async (name) => {
    const happened = await run(TRIGGERS[name] as Trigger);
    expect(name.includes("async") ? await bankAnswers() : happened).toContain(ALIASES[name] ?? name);
  });
});

describe("what the CLI's calls lead to instead", () => {
  test.each(Object.entries(INSTEAD))("%s: %s", async (name, event) => {
    // Its customer has no card: the subscription would be canceled, and its schedule aborted, before its time.
    await local.control("switch?name=afterRetries&value=past_due");
    const happened = await run(TRIGGERS[name] as Trigger);
    expect(happened).toContain(event);
    expect(happened).not.toContain(name);
  });
});

describe("a trigger of a part that is not served is told so", () => {
  test.each(BEYOND)("%s: %s", async (_, call, part) => {
    const { status, body } = await ask(local, call);
    expect(status).toBe(404);
    expect(body.error.message).toContain(`Local Stripe has no ${part} (`);
  });
});
