import { now } from "../../kit/clock";
import type { Invoice } from "../../objects/invoice";
import { HOUR_SECONDS } from "../time/durations";

/** Stripe adds a second to the hour (recorded). */
const DRAFT_SECONDS = HOUR_SECONDS + 1;

type Window = Pick<Invoice, "automatically_finalizes_at" | "next_payment_attempt">;

/** The times at which a draft that advances by itself is finalized and charged (recorded). */
export function draftWindow({
  auto_advance,
  automatically_finalizes_at: wanted,
  collection_method,
  created = now(),
}: Partial<Invoice>): Window {
  if (!auto_advance) return { automatically_finalizes_at: null, next_payment_attempt: null };
  return {
    automatically_finalizes_at: wanted ?? created + DRAFT_SECONDS,
    next_payment_attempt: collection_method === "send_invoice" ? null : created + HOUR_SECONDS,
  };
}
