"use server";

import { redirect } from "next/navigation";
import { requireUser } from "@/lib/auth/session";
import { createPortalSession } from "@/lib/billing/checkout/portal";

export async function openBillingPortal(): Promise<void> {
  const user = await requireUser("/account");
  if (!user.stripeCustomerId) redirect("/pricing");
  redirect(await createPortalSession(user.stripeCustomerId));
}
