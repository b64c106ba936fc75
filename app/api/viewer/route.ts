import { listOwnPlans } from "@/db/queries/subscriptions";
import { getUser } from "@/lib/auth/session";
import { ONGOING_STATUSES } from "@/lib/billing/status";

/** Tells a cached page who looks at it. It is asked after load, because the page itself is the same for everybody. */
export async function GET() {
  const user = await getUser();
  const viewer = user && { name: user.name, plans: await listOwnPlans(user.id, ONGOING_STATUSES) };
  return Response.json(viewer, { headers: { "Cache-Control": "private, no-store" } });
}
