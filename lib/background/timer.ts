import { env, isLongLived } from "@/env";
import { reconcile } from "@/lib/billing/reconcile/reconcile";

/**
 * Sweeps now and then, on a server that lives long enough. With several instances the lease lets one of them
 * through; none is kept alive or brought down by it.
 */
export function startReconcileTimer(
  everyMs = isLongLived ? env.RECONCILE_EVERY_MINUTES * 60_000 : 0,
): NodeJS.Timeout | null {
  // `next dev` evaluates this module again and again; one timer is enough.
  const shared = globalThis as { titanforgeReconcileTimer?: NodeJS.Timeout };
  if (!everyMs || shared.titanforgeReconcileTimer) return null;
  shared.titanforgeReconcileTimer = setInterval(() => tick(everyMs), everyMs).unref();
  return shared.titanforgeReconcileTimer;
}

/** It ends before the next begins. */
export async function tick(everyMs: number): Promise<void> {
  try {
    await reconcile({ sweeps: "due", within: everyMs * 0.9 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`The sweep stopped and goes on at the next turn: ${reason.replaceAll("\n", " ")}`);
  }
}
