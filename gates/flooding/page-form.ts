import { ask } from "../shop/ask";

export type Fields = readonly (readonly [name: string, value: string])[];

/** The hidden fields of the first form on a page that calls an action: what a browser without JavaScript sends back. */
export async function formOn(origin: string, path: string): Promise<Fields> {
  const { body: html } = await ask(origin, { method: "GET", path, headers: {} });
  const forms = [...html.matchAll(/<form\b[^>]*>(.*?)<\/form>/gs)].map(([, inner = ""]) =>
    hiddenFields(inner),
  );
  const form = forms.find((fields) => fields.some(([name]) => name.startsWith("$ACTION")));
  if (!form) throw new Error(`No form on ${path} calls an action.`);
  return form;
}

const hiddenFields = (html: string) =>
  [...html.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)].map(
    ([tag]) => [attribute(tag, "name"), attribute(tag, "value")] as const,
  );

const attribute = (tag: string, name: string) =>
  (tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? "")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
