/** A token lets its program do these in its person's name: begin a checkout, open the billing page. */
export const SCOPES = ["checkout", "portal"] as const;

export type Scope = (typeof SCOPES)[number];

/** A token has these where its maker named none. */
export const DEFAULT_SCOPES: Scope[] = ["checkout"];

/** As OAuth writes them: words with a space between two. https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
export const formatScopes = (scopes: readonly Scope[]) =>
  SCOPES.filter((scope) => scopes.includes(scope)).join(" ");

/** @returns null when one of the words is no scope */
export function parseScopes(text: string): Scope[] | null {
  const words = text.split(" ");
  const scopes = SCOPES.filter((scope) => words.includes(scope));
  return words.every((word) => scopes.some((scope) => scope === word)) ? scopes : null;
}
