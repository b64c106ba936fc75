import Stripe from "stripe";
import { getProduct, type Product } from "@/db/queries/products";
import { isMissing } from "../stripe";
import { syncObject } from "../sync/sync-object";
import { CheckoutError } from "./checkout-error";
import { copyDeletion } from "./customer";

/** Reads the meaning of Stripe's refusal of a checkout. Our rows may be older than what Stripe knows. */

const { StripeError, StripeIdempotencyError, StripeInvalidRequestError } = Stripe.errors;

/** Another request under the same key is in progress at this moment. */
export const isKeyInUse = (error: unknown) => error instanceof StripeError && error.statusCode === 409;

const isRateLimit = ({ statusCode }: { statusCode?: number }) => statusCode === 429;

/** Stripe keeps an answer for a day: under the same key it would be the same, a 500 too. Not so what passes by itself. */
export const isKeptAnswer = (error: unknown) =>
  error instanceof StripeError && error.statusCode !== undefined && !isKeyInUse(error) && !isRateLimit(error);

/** Stripe has no code for it; it says "You cannot combine currencies on a single customer. This customer has …" */
const isAboutCurrency = ({ message }: Error) => /combine currencies/i.test(message);

/**
 * Copies what Stripe knows better, so that the next try can go well.
 * @param customer the one that Stripe was asked with
 * @throws CheckoutError when it is the visitor's to resolve; the error itself when nothing explains it
 */
export async function resolveRefusal(
  error: unknown,
  product: Product,
  customer: string | null,
): Promise<void> {
  // Its row is closed, so that the next one comes with a key of its own.
  if (error instanceof StripeIdempotencyError) return;
  if (!(error instanceof StripeInvalidRequestError)) throw error;
  if (isMissing(error) && error.param === "customer") {
    if (customer && (await copyDeletion(customer))) return;
    throw error;
  }
  if (isAboutCurrency(error)) throw currencyMismatch(product);
  await syncObject("product", product.stripeProductId);
  if (await getProduct(product.id)) throw error;
  throw new CheckoutError("product_not_found", `${product.name} is not on sale any more.`);
}

const currencyMismatch = ({ name, currency }: Product) =>
  new CheckoutError(
    "currency_mismatch",
    `${name} is sold in ${currency.toUpperCase()}, and you are already billed in another currency. A customer is billed in one currency only.`,
  );
