import type { Scope } from "@/lib/auth/scopes";

/** Completes "The program may …". */
export const SCOPE_WORDS: Record<Scope, string> = {
  checkout: "start a checkout",
  portal: "open your billing page",
};
