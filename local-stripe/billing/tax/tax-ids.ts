import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { schedule, unscheduleAll } from "../../kit/jobs";
import { choice, text } from "../../kit/params";
import { tombstones } from "../../kit/store";
import { customers } from "../../objects/customer";
import { buildTaxId, TAX_ID_TYPES, type TaxId, taxIds } from "../../objects/tax-id";
import { clockOf } from "../../objects/test-clock";
import { EUROPEAN_UNION } from "./countries";

/** https://docs.stripe.com/billing/customer/tax-ids */

export const taxIdParams = { type: choice(...TAX_ID_TYPES), value: text };

interface Given {
  readonly type: string;
  readonly value: string;
}

/** Numbers of tests: the first is verified, the second is not, and the third never is (the same page). */
const OUTCOMES: Readonly<Record<string, "verified" | "unverified" | "pending">> = {
  "000000000": "verified",
  "111111111": "unverified",
  "222222222": "pending",
};

const outcomeOf = (value: string) => OUTCOMES[value.replace(/^[A-Z]{2}/, "")];

/** A government is asked about these; about all others nobody can be (the same page). */
const VERIFIABLE = new Set(["au_abn", "eu_vat", "gb_vat"]);

/** Of the types that are checked here; any text will do for the others. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  au_abn: /^\d{11}$/,
  eu_vat: new RegExp(`^(${[...EUROPEAN_UNION, "EL", "XI"].join("|")})[A-Z0-9+*]{2,12}$`),
  gb_vat: /^(GB)?(\d{9}|\d{12})$/,
  us_ein: /^\d{2}-?\d{7}$/,
};

export const isTaxId = ({ type, value }: Given): boolean =>
  outcomeOf(value) !== undefined || (FORMATS[type]?.test(value.replace(/\s/g, "")) ?? true);

/** Greece and Northern Ireland have letters of their own; the number of a union is of no country. */
function countryOf({ type, value }: Given): string | null {
  if (type === "eu_oss_vat") return null;
  const letters = type === "eu_vat" ? value.slice(0, 2) : type.slice(0, 2).toUpperCase();
  if (!/^[A-Z]{2}$/.test(letters)) return null;
  return { EL: "GR", IC: "ES", XI: "GB" }[letters] ?? letters;
}

const VERIFIED_AFTER_SECONDS = 5;

/** Makes a customer's, or with null the account's own. The words of the refusal: inferred. */
export function createTaxId(customer: string | null, given: Given, param = "value"): TaxId {
  if (!isTaxId(given)) {
    throw invalid(`Invalid value for ${given.type}.`, { code: "tax_id_invalid", param });
  }
  const status = VERIFIABLE.has(given.type) ? ("pending" as const) : ("unavailable" as const);
  const made = taxIds.put(
    buildTaxId(customer, {
      ...given,
      country: countryOf(given),
      // Nobody asks about the account's own number (docs: the example of the object).
      verification: customer ? { status, verified_address: null, verified_name: null } : null,
    } as Parameters<typeof buildTaxId>[1]),
  );
  if (customer) emit("customer.tax_id.created", made);
  if (customer && status === "pending" && outcomeOf(given.value) !== "pending" && outcomeOf(given.value)) {
    schedule("tax_id.verify", made.id, now() + VERIFIED_AFTER_SECONDS, clockOf(customer));
  }
  return made;
}

/** The government's answer, which comes after some seconds. */
export function answerTaxId(id: string): void {
  const before = taxIds.must(id);
  const status = outcomeOf(before.value) ?? "pending";
  const name = customers.get(before.customer ?? "")?.name ?? null;
  const verification =
    status === "verified"
      ? { status, verified_address: "123 TEST STREET", verified_name: name ?? "TEST COMPANY" }
      : { status, verified_address: null, verified_name: null };
  const answered = taxIds.put({ ...before, verification });
  emit("customer.tax_id.updated", answered, before);
}

export function deleteTaxId(taxId: TaxId) {
  unscheduleAll(taxId.id);
  taxIds.delete(taxId.id);
  if (taxId.customer) emit("customer.tax_id.deleted", taxId);
  return tombstones.put({ id: taxId.id, object: "tax_id", deleted: true });
}
