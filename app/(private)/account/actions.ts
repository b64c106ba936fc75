"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { userAction } from "@/app/_actions/user-action";
import { createPortalSession } from "@/lib/billing/checkout/portal";

export const openBillingPortal = userAction("/account", z.object({}), async ({ user }) => {
  if (!user.stripeCustomerId) redirect("/pricing");
  redirect((await createPortalSession(user.stripeCustomerId)) ?? "/account?notice=nothing-to-manage");
});
