import { type Context, Hono } from "hono";
import { refusedPage } from "../dashboard/parts/frame";
import { redirect } from "../hosted/layout";
import { now } from "../kit/clock";
import { StripeError } from "../kit/errors";
import { dump, isState, load } from "../kit/store";
import { scenarioProgress } from "../scenarios/player";
import { ScenarioError } from "../scenarios/scenario";
import { deliveries } from "../webhooks/delivery";
import { actions } from "./actions";
import { inputOf, Mistake } from "./input";

/** Everything that Stripe does not have: playing with time, with the bank and with delivery. */
export function control(restart: () => void): Hono {
  const app = new Hono();
  app.get("/health", (c) => c.json({ ok: true }));
  app.get("/clock", (c) => c.json({ now: now() }));
  app.get("/deliveries", (c) => {
    const { event, endpoint, state } = c.req.query();
    return c.json(deliveries.where({ event, endpoint, state }));
  });
  app.get("/scenario", (c) => c.json(scenarioProgress() ?? {}));
  app.get("/state", (c) => c.json(dump()));
  app.put("/state", async (c) => {
    const state: unknown = await c.req.json();
    if (!isState(state)) throw new Mistake("That is not a state: it holds lists of rows by name.");
    load(state);
    return c.json({});
  });
  for (const [name, action] of Object.entries(actions(restart))) {
    app.post(`/${name}`, async (c) => {
      const input = await inputOf(c);
      const back = pathOf(input("back"));
      try {
        const result = await action(input);
        // Some lead on to a hosted page.
        if (result instanceof Response) return result;
        return back ? redirect(back) : c.json(result ?? {});
      } catch (error) {
        return refusal(c, error, back);
      }
    });
  }
  app.onError((error, c) => refusal(c, error, undefined));
  return app;
}

/** Buttons of the dashboard say where they lead back to; never to another site. */
const pathOf = (back: string | undefined) => (back && /^\/(?![/\\])/.test(back) ? back : undefined);

function refusal(c: Context, error: unknown, back: string | undefined): Response | Promise<Response> {
  const known = [Mistake, ScenarioError, StripeError, SyntaxError].some((kind) => error instanceof kind);
  if (!(known && error instanceof Error)) throw error;
  if (!back) return c.json({ error: error.message }, 400);
  return refusedPage(back, error.message);
}
