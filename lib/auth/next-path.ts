/**
 * The path to go to after sign-in: one of this site, whatever the query says. Browsers read `//host`, `/\host` and
 * paths with control characters as other sites, so a path is taken only if it survives parsing unchanged.
 */
export function toNextPath(text: string | undefined): string {
  if (!text?.startsWith("/")) return "/account";
  const base = "http://site.invalid";
  if (!URL.canParse(text, base)) return "/account";
  const url = new URL(text, base);
  const path = url.pathname + url.search + url.hash;
  return url.origin === base && path === text ? path : "/account";
}
