import { type Context, Hono } from "hono";
import { forcedDeclines } from "../billing/bank";
import { openDispute } from "../billing/disputes";
import { now } from "../kit/clock";
import { advanceWallClock } from "../kit/due";
import { StripeError } from "../kit/errors";
import { events, publish } from "../kit/events";
import { newId } from "../kit/ids";
import { dump, load, type State } from "../kit/store";
import { byItself, transaction } from "../kit/transaction";
import { charges } from "../objects/charge";
import { DECLINES } from "../objects/test-cards";
import { inTimeOf } from "../objects/test-clock";
import { deliveries, release, resend } from "../webhooks/delivery";
import { calmDown, disturbances } from "../webhooks/disturbances";

class Mistake extends Error {}

/** A value from the address or from a form; both serve, for scripts and for buttons. */
async function inputOf(c: Context): Promise<(name: string) => string | undefined> {
  const form = c.req.method === "POST" && /form/.test(c.req.header("Content-Type") ?? "");
  const body: Record<string, unknown> = form ? await c.req.parseBody() : {};
  return (name) => c.req.query(name) ?? (typeof body[name] === "string" ? body[name] : undefined);
}

type Input = Awaited<ReturnType<typeof inputOf>>;

function count(input: Input, name: string, fallback?: number): number {
  const text = input(name);
  const value = text === undefined ? fallback : Number(text);
  if (value === undefined || !Number.isSafeInteger(value))
    throw new Mistake(`\`${name}\` must be an integer.`);
  return value;
}

function eventOf(input: Input) {
  const event = events.get(input("event") ?? "");
  if (!event) throw new Mistake(`No such event: ${input("event")}`);
  return event;
}

const matchOf = (input: Input) => ({ type: input("type"), event: input("event") });

const ORDERS = ["concurrent", "fifo", "reverse", "shuffle"] as const;

/** What a POST to `/__local/<name>` does; the answer is what it returns. */
function actions(restart: () => void): Record<string, (input: Input) => unknown> {
  return {
    reset: () => {
      load({});
      calmDown();
      restart();
    },
    "clock/advance": async (input) => {
      await advanceWallClock(count(input, "seconds"));
      return { now: now() };
    },
    fail_next_payment: (input) => {
      const code = (input("code") ?? "generic_decline") as keyof typeof DECLINES;
      const decline = DECLINES[code];
      if (!decline) throw new Mistake(`\`code\` must be one of ${Object.keys(DECLINES).join(", ")}.`);
      forcedDeclines.put({ id: "next", decline });
    },
    dispute: (input) => {
      const charge = charges.get(input("charge") ?? "");
      if (!charge) throw new Mistake(`No such charge: ${input("charge")}`);
      const reason = input("reason") ?? "fraudulent";
      return inTimeOf(charge.customer, () => transaction(byItself, () => openDispute(charge, reason)));
    },
    hold: (input) => void disturbances.holds.push(matchOf(input)),
    release: (input) => ({ released: release(matchOf(input)) }),
    drop: (input) => void disturbances.drops.push(matchOf(input)),
    delay: (input) => void disturbances.delays.set(input("type") ?? "", count(input, "ms")),
    duplicate: (input) => {
      disturbances.duplicates = count(input, "times");
    },
    order: (input) => {
      const order = ORDERS.find((one) => one === input("mode"));
      if (!order) throw new Mistake(`\`mode\` must be one of ${ORDERS.join(", ")}.`);
      disturbances.order = order;
      disturbances.seed = count(input, "seed", 1);
    },
    tamper: (input) => {
      disturbances.tampered = count(input, "times", 1);
    },
    stale_timestamp: (input) => {
      disturbances.stale = count(input, "times", 1);
    },
    calm: calmDown,
    resend: (input) => resend(eventOf(input), input("endpoint")),
    twin: (input) => {
      const twin = events.put({ ...eventOf(input), id: newId("evt_1", 23) });
      publish([twin]);
      return twin;
    },
  };
}

/** Everything that Stripe does not have: playing with time, with the bank and with delivery. */
export function control(restart: () => void): Hono {
  const app = new Hono();
  app.get("/health", (c) => c.json({ ok: true }));
  app.get("/clock", (c) => c.json({ now: now() }));
  app.get("/deliveries", (c) => {
    const { event, endpoint, state } = c.req.query();
    return c.json(deliveries.where({ event, endpoint, state }));
  });
  app.get("/state", (c) => c.json(dump()));
  app.put("/state", async (c) => {
    load((await c.req.json()) as State);
    return c.json({});
  });
  for (const [name, action] of Object.entries(actions(restart))) {
    app.post(`/${name}`, async (c) => c.json((await action(await inputOf(c))) ?? {}));
  }
  app.onError((error, c) => {
    if (error instanceof Mistake || error instanceof SyntaxError || error instanceof StripeError)
      return c.json({ error: error.message }, 400);
    throw error;
  });
  return app;
}
