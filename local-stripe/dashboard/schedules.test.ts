import { expect, test } from "vitest";
import { Browser } from "../test/browser";
import { at, CLOCKS, customerAt, customerOnWall } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import { Life } from "../test/life";
import { MONTH, scheduled, threePlans } from "../test/schedules";

const local = startLocalStripe();
const browser = new Browser();
const open = (path: string) => browser.get(local.origin + path);

/** The rows of the page's table of phases, each as the text of its cells behind the first. */
function phasesOf(text: string): string[][] {
  const [, table = ""] = text.split('<h2 id="phases">');
  const rows = (table.split("</table>")[0] ?? "").split('<tr role="row">').slice(2);
  return rows.map((row) =>
    Array.from(row.matchAll(/<td[^>]*><span[^>]*>[^<]*<\/span>([\s\S]*?)<\/td>/g), ([, cell = ""]) =>
      cell.replace(/<[^>]*>/g, "").trim(),
    ),
  );
}

test.each(CLOCKS)("on %s a schedule is seen with its phases and played to its end", async (on) => {
  const plans = await threePlans(local);
  const life = await Life.begin(local, { time: at("2030-06-01T00:00:00"), price: plans.middle, on });
  const { id } = await scheduled(life, [{ items: [{ price: plans.small, quantity: 3 }], duration: MONTH }]);
  const subscription = await open(`/subscriptions/${life.id}`);
  expect(subscription.text).not.toContain("Cancel at the end of the period");
  const page = await browser.follow(subscription, id);
  expect(page.url).toBe(`${local.origin}/schedules/${id}`);
  expect(phasesOf(page.text).map((cells) => [cells[1], cells[4]])).toEqual([
    ["Pro", "current"],
    ["Basic × 3", ""],
  ]);
  const words = on === "a test clock" ? "Advance its clock" : "Advance the clock";
  await browser.press(page, `${words} to its next phase`);
  // A test clock answers before it has arrived.
  await expect
    .poll(async () => phasesOf((await open(`/schedules/${id}`)).text).map((cells) => cells[4]))
    .toEqual(["", "current"]);
  await expect
    .poll(async () => (await open(`/schedules/${id}`)).text)
    .toContain(`${words} to the end of its last phase`);
  expect((await life.item()).quantity).toBe(3);
});

test("a schedule is released by a button", async () => {
  const plans = await threePlans(local);
  const life = await Life.begin(local, { time: at("2030-06-01T00:00:00"), price: plans.middle });
  const { id } = await scheduled(life, [{ items: [{ price: plans.small }] }]);
  const page = await browser.press(await open(`/schedules/${id}`), "Release the subscription");
  expect(page.text).toContain("Released subscription");
  expect(page.text).not.toContain("Cancel it");
  expect((await life.subscription()).schedule).toBeNull();
});

test("a schedule that has not begun is listed, and canceled by a button", async () => {
  const plans = await threePlans(local);
  const start = at("2030-06-01T00:00:00");
  const { customer } = await customerAt(local, start);
  const phases = [{ items: [{ price: plans.small }] }];
  const { id } = await local.stripe.subscriptionSchedules.create({
    customer,
    start_date: at("2030-07-01T00:00:00"),
    phases,
  });
  const page = await browser.follow(await open("/subscriptions"), id);
  expect(page.text).toContain("not started");
  await browser.press(page, "Cancel it");
  expect((await local.stripe.subscriptionSchedules.retrieve(id)).status).toBe("canceled");
});

test("a refusal is said", async () => {
  const { customer } = await customerOnWall(local, 0);
  const plans = await threePlans(local);
  const phases = [{ items: [{ price: plans.small }] }];
  const { id } = await local.stripe.subscriptionSchedules.create({ customer, start_date: "now", phases });
  const page = await open(`/schedules/${id}`);
  await local.stripe.subscriptionSchedules.release(id);
  const refused = await browser.press(page, "Cancel it and its subscription");
  expect(refused.text).toContain("currently in the `released` status");
});
