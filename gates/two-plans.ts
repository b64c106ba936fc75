import { listProducts } from "../db/queries/products";
import { getUserById } from "../db/queries/users";
import { createAccessToken } from "../lib/auth/tokens";
import { stripe } from "../lib/billing/stripe";
import { randomFrom } from "../test/support/random";
import { someUser } from "../test/support/rows";
import { inParallel, type ShopGate, scaled } from "./gate";
import { differences } from "./shop/truth";

const PEOPLE = 200;
const CHECKOUTS = 50;
/** So many people press their buttons at once; each of them is fifty requests. */
const AT_ONCE = 2;

/** Everybody wants every plan at the same moment, and pays every page that can be paid: some at once, some later. */
export const twoPlans: ShopGate = async (shop, options) => {
  await shop.reset();
  const plans = (await listProducts()).filter(({ family }) => family !== null).map(({ id }) => id);
  const people = Array.from({ length: scaled(PEOPLE, options) });
  const statuses = new Map<number, number>();
  const random = randomFrom(options.seed);
  const counts = { paid: 0, none: 0, one: 0, several: 0 };
  await inParallel(people, AT_ONCE, async () => {
    const user = await someUser({ stripeCustomerId: null });
    const token = await createAccessToken(user.id, "two plans");
    const patience = random();
    const pagesForLater: string[] = [];
    const clicks = Array.from({ length: CHECKOUTS }, async (_, index) => {
      const origin = shop.instances[index % shop.instances.length]?.origin ?? "";
      const { status, session } = await checkout(origin, token, plans[index % plans.length] ?? "");
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (session && random() < patience) pagesForLater.push(session);
      else if (session) await pay(session);
    });
    await Promise.all(clicks);
    for (const session of pagesForLater) await pay(session);
    const customer = (await getUserById(user.id))?.stripeCustomerId ?? "";
    for (const { id } of await listSessions(customer, "open")) await pay(id);
    counts.paid += (await listSessions(customer, "complete")).length;
    const { data: running } = await stripe.subscriptions.list({ customer, limit: 100 });
    counts[running.length > 1 ? "several" : running.length ? "one" : "none"]++;
  });
  await shop.settled();
  const wrong = await differences(shop);
  console.log(wrong.join("\n"));
  return {
    passed:
      counts.one === people.length &&
      [...statuses.keys()].every((status) => status === 200 || status === 409) &&
      wrong.length === 0,
    result: `${people.length} people × ${CHECKOUTS} checkouts of ${plans.length} plans: ${counts.one} with one subscription, ${counts.several} with several, ${counts.none} with none, ${counts.paid} pages paid; answers ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(", ")}; ${wrong.length} differences from Stripe.`,
  };
};

/** @returns status 0 when there was no answer */
async function checkout(origin: string, token: string, productId: string) {
  try {
    const response = await fetch(`${origin}/api/v1/create-checkout-session`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify({ product_id: productId }),
      signal: AbortSignal.timeout(60_000),
    });
    const body = (await response.json()) as { checkout_session?: { id: string } };
    return { status: response.status, session: body.checkout_session?.id ?? null };
  } catch {
    return { status: 0, session: null };
  }
}

/** As Stripe's own page does it. A session that is paid or expired by then has had its turn. */
async function pay(session: string) {
  try {
    await stripe.rawRequest("POST", `/v1/payment_pages/${session}/confirm`, {
      payment_method: "pm_card_visa",
    });
  } catch (error) {
    const { status } = await stripe.checkout.sessions.retrieve(session);
    if (status === "open") throw error;
  }
}

const listSessions = (customer: string, status: "open" | "complete") =>
  stripe.checkout.sessions.list({ customer, status, limit: 100 }).autoPagingToArray({ limit: 1_000 });
