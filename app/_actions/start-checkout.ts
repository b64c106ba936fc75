"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { toCheckout } from "@/app/_actions/to-checkout";
import { getUser } from "@/lib/auth/session";
import { fieldsOf } from "@/lib/form";

const productId = z.uuid();

/** Subscribe and Buy. Signed out, the click leads through sign-in and then straight on. */
export async function startCheckout(form: FormData): Promise<void> {
  const product = productId.safeParse(fieldsOf(form).product_id);
  if (!product.success) redirect("/pricing");
  const user = await getUser();
  if (!user) redirect(`/login?${new URLSearchParams({ product: product.data })}`);
  await toCheckout(user, product.data);
}
