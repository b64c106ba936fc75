import { redirect } from "next/navigation";
import { z } from "zod";
import { startCheckout } from "@/app/_actions/start-checkout";
import { formatProduct, formatTerms } from "@/components/format";
import { PageTitle } from "@/components/ui/section";
import { SubmitButton } from "@/components/ui/submit-button";
import { getProduct, type Product } from "@/db/queries/products";
import { toNextPath } from "@/lib/auth/next-path";

export type SearchParams = Promise<{ next?: string | string[]; product?: string | string[] }>;

/** The person's plan when we asked who they are. */
export type Intent = { next?: string; product: Product | null };

export async function readIntent(searchParams: SearchParams): Promise<Intent> {
  const { next, product } = await searchParams;
  const productId = z.uuid().safeParse(product);
  return {
    next: typeof next === "string" ? next : undefined,
    product: productId.success ? await getProduct(productId.data) : null,
  };
}

/** The same intent on the other page of the two. */
export function intentHref(path: "/login" | "/register", { next, product }: Intent): string {
  const query = new URLSearchParams({ ...(next && { next }), ...(product && { product: product.id }) });
  return query.size > 0 ? `${path}?${query}` : path;
}

export function IntentNote({ product }: Intent) {
  if (!product) return null;
  return (
    <p>
      After this you go straight to Checkout for{" "}
      <strong className="font-medium text-ink">{formatProduct(product)}</strong>: {formatTerms(product)}.
    </p>
  );
}

/** For somebody who is signed in already. */
export function Onward({ next, product }: Intent) {
  if (!product) redirect(toNextPath(next));
  return (
    <>
      <PageTitle title="You are signed in.">
        <p>
          Next is Checkout for <strong className="font-medium text-ink">{formatProduct(product)}</strong>:{" "}
          {formatTerms(product)}.
        </p>
      </PageTitle>
      <form action={startCheckout}>
        <input type="hidden" name="product_id" value={product.id} />
        <SubmitButton>Continue to Checkout</SubmitButton>
      </form>
    </>
  );
}
