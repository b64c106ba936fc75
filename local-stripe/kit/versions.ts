import { API_VERSION } from "./account";
import type { Form } from "./form";

/** Stripe's releases from the oldest that is accepted here (https://docs.stripe.com/changelog), the newest last. */
export const VERSIONS = [
  "2024-06-20",
  "2024-09-30.acacia",
  "2024-10-28.acacia",
  "2024-11-20.acacia",
  "2024-12-18.acacia",
  "2025-01-27.acacia",
  "2025-02-24.acacia",
  "2025-03-31.basil",
  "2025-04-30.basil",
  "2025-05-28.basil",
  "2025-06-30.basil",
  "2025-07-30.basil",
  "2025-08-27.basil",
  "2025-09-30.clover",
  "2025-10-29.clover",
  "2025-11-17.clover",
  "2025-12-15.clover",
  "2026-01-28.clover",
  "2026-02-25.clover",
  "2026-03-25.dahlia",
  "2026-04-22.dahlia",
  "2026-05-27.dahlia",
  "2026-06-24.dahlia",
  "2026-07-29.dahlia",
  "2026-08-26.dahlia",
  "2026-09-30.endive",
  API_VERSION,
] as const;

/** A preview goes by the day of its release, since March 2025 (https://docs.stripe.com/release-phases). */
const PREVIEWS = VERSIONS.filter((version) => version >= "2025-03-31").map(
  (version) => `${version.slice(0, 10)}.preview`,
);

const known = new Set<string>([...VERSIONS, ...PREVIEWS]);

/** Says why a version is refused, in Stripe's words; undefined for one that is accepted. */
export function versionRefusal(version: string): string | undefined {
  if (known.has(version)) return undefined;
  const isOlder = /^20[12]\d-\d{2}-\d{2}$/.test(version) && version < VERSIONS[0];
  return isOlder
    ? `Local Stripe does not go back to API version ${version}: use ${VERSIONS[0]} or a later one.`
    : `Invalid Stripe API version: ${version}`;
}

/** The words of an older version, for requests and for answers. */
export interface Dialect {
  /** Puts parameters into the words of today. */
  readRequest(version: string, call: { readonly method: string; readonly path: string }, form: Form): Form;
  /** Puts an answer, or a part of one, into the words of that version. */
  render<T>(version: string, value: T): T;
}

/** Today's version alone, until others are taught. */
let dialect: Dialect = { readRequest: (_, __, form) => form, render: (_, value) => value };

export function speak(taught: Dialect): void {
  dialect = taught;
}

export const spoken = (): Dialect => dialect;
