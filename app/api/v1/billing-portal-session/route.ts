import { z } from "zod";
import { ApiError } from "@/lib/api/errors";
import { apiRoute } from "@/lib/api/route";
import { createPortalSession } from "@/lib/billing/checkout/portal";

const body = z.strictObject({});

const response = z.strictObject({ billing_portal_session: z.strictObject({ url: z.url() }) });

const NOTHING = "There is nothing to manage: nothing was bought yet, or the billing account was deleted.";

/** A link to Stripe's own page for cards, invoices and cancellation; whoever has it is let in, for a few minutes. */
export const POST = apiRoute({ auth: "token", scope: "portal", body, response }, async ({ user }) => {
  const url = user.stripeCustomerId && (await createPortalSession(user.stripeCustomerId));
  if (!url) throw new ApiError(409, "nothing_to_manage", NOTHING);
  return { billing_portal_session: { url } };
});
