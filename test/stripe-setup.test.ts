import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { HANDLED_EVENTS } from "@/lib/billing/objects";
import { STRIPE_API_VERSION } from "@/lib/billing/stripe";

it("STRIPE_SETUP.md names exactly the events that are handled, and the API version", async () => {
  const page = await readFile("STRIPE_SETUP.md", "utf8");
  const rows = [...page.matchAll(/^\| `([a-z_.]+)` \| (.+) \|$/gm)].filter(([, name]) => name?.includes("."));
  expect(Object.fromEntries(rows.map(([, name, reason]) => [name, reason]))).toEqual(HANDLED_EVENTS);
  expect(page).toContain(`**\`${STRIPE_API_VERSION}\`**`);
});
