import type { ReactNode } from "react";
import { renderToReadableStream } from "react-dom/server";

/** Reads a page as a person or a screen reader does: from the HTML that the server sends, without a browser. */

type RenderOptions = Parameters<typeof renderToReadableStream>[1];

/** The whole HTML, async components included; an error in any of them is thrown. */
export async function render(node: ReactNode, options: RenderOptions = {}): Promise<string> {
  const errors: unknown[] = [];
  const stream = await renderToReadableStream(node, {
    ...options,
    onError: (error) => void errors.push(error),
  });
  await stream.allReady;
  const html = await new Response(stream).text();
  if (errors.length) throw errors[0];
  // React marks where two texts meet, for its own use in the browser.
  return html.replaceAll("<!-- -->", "");
}

export interface Element {
  attributes: Record<string, string>;
  text: string;
}

/** Every element of one name, in order. Enough for elements that hold none of their own kind. */
export function elements(html: string, name: string): Element[] {
  const found = html.matchAll(new RegExp(`<${name}(?=[\\s/>])([^>]*?)(?:/>|>(.*?)</${name}>|>)`, "gs"));
  return [...found].map(([, attributes = "", content = ""]) => ({
    attributes: attributesOf(attributes),
    text: textOf(content),
  }));
}

/** The one element of a name; more or fewer are an error. */
export function element(html: string, name: string): Element {
  const [only, ...others] = elements(html, name);
  if (!only || others.length)
    throw new Error(`Expected one <${name}>, found ${others.length + (only ? 1 : 0)}.`);
  return only;
}

/** Every link as "its words → its address". */
export const links = (html: string) =>
  elements(html, "a").map(({ attributes, text }) => `${text} → ${attributes.href}`);

/** Every input's attributes. */
export const fieldsOf = (html: string) => elements(html, "input").map(({ attributes }) => attributes);

export const fieldOf = (html: string, name: string) => fieldsOf(html).find((field) => field.name === name);

export const classesOf = ({ attributes }: Element) => attributes.class?.split(" ");

/** The cells of a table, row by row, the header first. */
export const tableOf = (html: string): string[][] =>
  [...html.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = ""]) => textOf(cell)),
  );

const INLINE = /<\/?(a|b|code|em|i|input|s|strong|time)(\s[^>]*)?>/g;
const BLOCK = /<(?:span|code) class="(?:[^"]* )?block(?: [^"]*)?">/g;

/** The text that is read, one line a block. */
export function textOf(html: string): string {
  const lines = html
    .replace(/<(style|script|title|svg)[\s>].*?<\/\1>/gs, "")
    .replace(BLOCK, "\n")
    .replace(/<\/?span(\s[^>]*)?>/g, "")
    .replace(INLINE, "")
    .replace(/<[^>]*>/g, "\n");
  return decode(lines)
    .split("\n")
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter(Boolean)
    .join("\n");
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)];
  return Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, decode(value)]));
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };
const decode = (text: string) =>
  text.replace(/&(amp|lt|gt|quot|#x27);/g, (_, name: string) => ENTITIES[name] ?? "");
