import { expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { at, DAY_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";
import { callMeter, meteredPrice, report } from "../../test/metering";

const local = startLocalStripe();

/** The cells of the row that begins with this, without their markup. */
function row(page: string, begins: string): string[] {
  const rows = [...page.matchAll(/<tr[\s\S]*?<\/tr>/g)].map(([text]) => text);
  const found = rows.find((text) => text.includes(begins)) ?? "";
  const cells = [...found.matchAll(/<t[hd][\s\S]*?<\/t[hd]>/g)];
  return cells.map(([cell]) =>
    cell
      .replace(/<span class="label".*?<\/span>/g, "")
      .replace(/<[^>]*>/g, "")
      .trim(),
  );
}

test("a meter shows what each customer used of the period that will be billed", async () => {
  const meter = await callMeter(local);
  const price = (await meteredPrice(local, meter.id)).id;
  const life = await Life.begin(local, {
    time: at("2026-01-01T00:00:00"),
    price,
    more: { items: [{ price }] },
  });
  await report(local, life.customer, 21);
  await life.to(at("2026-02-02T00:00:00"));
  await report(local, life.customer, 300, { identifier: "kept" });
  await report(local, life.customer, 44, { timestamp: at("2026-02-02T00:00:00") - DAY_SECONDS });
  await report(local, life.customer, 9000, { identifier: "mistaken" });
  await local.stripe.billing.meterEventAdjustments.create({
    cancel: { identifier: "mistaken" },
    event_name: "calls",
    type: "cancel",
  });
  const alone = await local.stripe.customers.create({ name: "Bob", email: "bob@example.com" });
  await report(local, alone.id, 5);

  const browser = new Browser();
  const list = await browser.get(`${local.origin}/meters`);
  const { text } = await browser.follow(list, "Calls");
  expect(row(text, life.customer)).toEqual([
    "ada@example.com",
    "2026-02-01 00:00:00 to 2026-03-01 00:00:00",
    "344",
  ]);
  expect(row(text, alone.id)).toEqual(["Bob", "no subscription", "5"]);
  expect(row(text, "mistaken").slice(-2)).toEqual(["canceled", "9000"]);
  expect(row(text, "kept").slice(-2)).toEqual(["counts", "300"]);
});
