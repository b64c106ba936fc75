import { DEFAULT_SCOPES, SCOPES, type Scope } from "./scopes";

/** The fields of the form that makes a token: each scope is a box of its own, ticked or not sent. */

/** Days; an empty text stands for a token that works until it is revoked. */
export const LIFETIMES = ["30", "90", "365", ""] as const;
export const DEFAULT_LIFETIME = "90";

export const scopeField = (scope: Scope) => `scope_${scope}`;

/** The boxes that are ticked: as the form was sent, or as a form begins. */
export function tickedScopes(values: Record<string, string>): Scope[] {
  const isNew = Object.keys(values).length === 0;
  return isNew ? DEFAULT_SCOPES : SCOPES.filter((scope) => values[scopeField(scope)] !== undefined);
}
