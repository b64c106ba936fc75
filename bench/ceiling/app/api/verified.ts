import Stripe from "stripe";

const stripe = new Stripe("sk_test_bench");

/** Checks the signature, as every webhook has to. @throws Error for what Stripe did not sign */
export async function verified(request: Request) {
  const body = await request.text();
  const signature = request.headers.get("stripe-signature") ?? "";
  const event = stripe.webhooks.constructEvent(body, signature, process.env.STRIPE_WEBHOOK_SECRET ?? "");
  return { body, event };
}
