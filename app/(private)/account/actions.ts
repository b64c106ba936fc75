"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { userAction } from "@/app/_actions/user-action";
import { accountLimits, countAttempt } from "@/lib/auth/rate-limits";
import { createPortalSession } from "@/lib/billing/checkout/portal";

export const openBillingPortal = userAction("/account", z.object({}), async ({ user }) => {
  if (!user.stripeCustomerId) redirect("/pricing");
  const retryAfter = await countAttempt(accountLimits("portal", user.id));
  if (retryAfter !== null) redirect("/account?notice=too-many-visits");
  redirect((await createPortalSession(user.stripeCustomerId)) ?? "/account?notice=nothing-to-manage");
});
