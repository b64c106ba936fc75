import { getCurrentSubscription } from "@/db/queries/account";
import { getUser } from "@/lib/auth/session";

/** Tells a cached page who looks at it. It is asked after load, because the page itself is the same for everybody. */
export async function GET() {
  const user = await getUser();
  const subscription = user && (await getCurrentSubscription(user.id));
  const viewer = user && {
    name: user.name,
    plan: subscription?.product?.plan ?? null,
    interval: subscription?.product?.interval ?? null,
  };
  return Response.json(viewer, { headers: { "Cache-Control": "private, no-store" } });
}
