import type { Decline } from "./declines";

/** The customer's bank answers in these ways, whatever the means of payment (https://docs.stripe.com/testing). */
export interface TestInstrument {
  readonly number: string;
  /** Every charge is refused. */
  readonly decline?: Decline;
  /** It attaches without complaint and is refused only when charged. */
  readonly attaches?: true;
  /** `setup`: authenticated once, good for later charges; `always`: each charge asks again. */
  readonly authentication?: "setup" | "always";
  readonly dispute?: { readonly reason: string; readonly inquiry?: true };
  /** The bank answers a refund later: it is pending until then, or comes back after it seemed to have gone through. */
  readonly refund?: "pending" | "fails";
  /** The answer never comes. */
  readonly silent?: true;
}

export interface TestCard extends TestInstrument {
  readonly brand: "visa" | "mastercard" | "amex" | "discover" | "diners" | "jcb" | "unionpay";
  readonly funding?: "credit" | "debit" | "prepaid";
  readonly country?: string;
  /** The bank asks nobody, whoever wants it to. */
  readonly withoutAuthentication?: true;
  /** The checks that the bank says were not passed. */
  readonly fails?: readonly ("cvc" | "line1" | "postal_code")[];
}
