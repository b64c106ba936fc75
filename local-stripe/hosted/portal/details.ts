import { html } from "hono/html";
import type { Form } from "../../kit/form";
import { field } from "../card-fields";
import type { Values } from "../card-form";
import { alert, frame } from "./frame";
import type { Portal } from "./session";

const ADDRESS = [
  ["line1", "Address", "address-line1"],
  ["line2", "Address line 2", "address-line2"],
  ["postal_code", "ZIP", "postal-code"],
  ["city", "City", "address-level2"],
  ["country", "Country (two letters)", "country"],
] as const;

const PLAIN = [
  ["name", "Name", "name", undefined],
  ["email", "Email", "email", "email"],
  ["phone", "Phone", "tel", "tel"],
] as const;

export function detailsView(portal: Portal, refusal?: string): Promise<Response> {
  const { customer, features, base } = portal;
  const allowed = features.customer_update.allowed_updates;
  const values = Object.fromEntries(
    Object.entries({ ...customer.address, ...customer }).map(([key, value]) => [key, String(value ?? "")]),
  );
  const shown = [
    ...PLAIN.filter(([name]) => allowed.includes(name)),
    ...(allowed.includes("address") ? ADDRESS : []),
  ];
  return frame(
    portal,
    "Billing information",
    html`<h1>Billing information</h1>
      ${alert(refusal)}
      <form class="panel" method="post" action="${base}/details" novalidate>
        ${shown.map(([name, label, autocomplete, type]) => field({ name, label, autocomplete, type }, values, {}))}
        <button>Save</button>
      </form>`,
  );
}

/** Only what the configuration allows to be changed. */
export function readDetails({ features }: Portal, values: Values): Form {
  const allowed = features.customer_update.allowed_updates;
  const plain = PLAIN.filter(([name]) => allowed.includes(name) && values[name] !== undefined);
  const address = ADDRESS.filter(([name]) => allowed.includes("address") && values[name] !== undefined);
  return {
    ...Object.fromEntries(plain.map(([name]) => [name, values[name]])),
    ...(address.length > 0
      ? { address: Object.fromEntries(address.map(([name]) => [name, values[name]])) }
      : {}),
  };
}
