import { StripeError } from "./errors";

export type FaultKind = "429" | "500" | "timeout";

interface Fault {
  readonly kind: FaultKind;
  /** The request's path begins with this. */
  readonly path: string;
  times: number;
}

let faults: Fault[] = [];

export function injectFault(kind: FaultKind, path: string, times: number): void {
  faults.push({ kind, path, times });
}

export function clearApiFaults(): void {
  faults = [];
}

export const pendingApiFaults = (): readonly Readonly<Fault>[] => faults;

export function withdrawFault(kind: FaultKind, path: string): void {
  faults = faults.filter((one) => one.kind !== kind || one.path !== path);
}

/** Takes the fault that the next request to this path is to suffer, if any. */
export function takeFault(path: string): FaultKind | undefined {
  const fault = faults.find((one) => path.startsWith(one.path));
  if (!fault) return undefined;
  fault.times--;
  if (fault.times <= 0) faults = faults.filter((one) => one !== fault);
  return fault.kind;
}

/** The request is refused before it does anything. */
export function faultError(kind: "429" | "500"): StripeError {
  return kind === "429"
    ? new StripeError(429, {
        type: "invalid_request_error",
        code: "rate_limit",
        message:
          "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
      })
    : new StripeError(500, {
        type: "api_error",
        message:
          "Sorry! There was an error while talking to Stripe. Please let us know at support@stripe.com.",
      });
}

/** The request was carried out and its answer is lost: the connection stays silent until the caller hangs up. */
export function silence(caller: AbortSignal): Promise<void> {
  return new Promise((hungUp) => caller.addEventListener("abort", () => hungUp(), { once: true }));
}
