import { html } from "hono/html";
import { badge, code, type Fact, facts, heading, panel, time } from "../parts/elements";
import { eventsAbout } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { isReference, json, link } from "../parts/links";

/** Shows an object that has no page of its own: what it refers to, its events, and itself. */
export function objectPage(row: { readonly id: string }, here: string): Promise<Response> {
  const fields = row as unknown as Readonly<Record<string, unknown>>;
  const kind = String(fields.object ?? "object").replaceAll(/[._]/g, " ");
  const state = fields.deleted ? badge("canceled", "deleted") : badge(stateOf(fields));
  return frame(
    here,
    row.id,
    html`${heading(kind, code(row.id), state === "–" ? "" : state)}
      ${facts([
        ["Created", typeof fields.created === "number" ? html`${time(fields.created)} UTC` : null],
        ...references(fields),
      ])}
      ${fields.deleted ? "" : openLink(fields)}
      ${panel("JSON, as the API answers it", json(row))}
      ${eventsAbout(row.id)}`,
  );
}

const stateOf = ({ status }: Readonly<Record<string, unknown>>) =>
  typeof status === "string" ? status : null;

/** Fields that hold the id of another object. */
const references = (fields: Readonly<Record<string, unknown>>): Fact[] =>
  Object.entries(fields)
    .filter(([key, value]) => key !== "id" && typeof value === "string" && isReference(value, key))
    .map(([key, value]) => [key.replaceAll("_", " "), link(value as string)] as const);

/** A checkout that is still open can be gone on with. */
const openLink = ({ object, url }: Readonly<Record<string, unknown>>) =>
  object === "checkout.session" && typeof url === "string"
    ? html`<p><a href="${url}">Open its page</a></p>`
    : "";
