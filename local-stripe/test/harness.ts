import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Local, start } from "./start";

export type { Local };

/** One Local Stripe with one webhook receiver for a test file; each test begins with an empty state. */
export function startLocalStripe(): Local {
  const local = {} as Local;

  beforeAll(async () => {
    Object.assign(local, await start());
  });

  beforeEach(async () => {
    await local.control("reset");
    local.receiver.forget();
  });

  afterAll(() => local.close());

  return local;
}
