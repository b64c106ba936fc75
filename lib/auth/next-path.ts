const ACCOUNT = "/account";
const SITE = "http://site.invalid";

/**
 * The path to go to after sign-in: one of this site, whatever the query says. Browsers read `//host`, `/\host` and
 * paths with control characters as other sites, so a path is taken only if it survives parsing unchanged; what names
 * a site loses that name by it.
 */
export function toNextPath(text = ACCOUNT): string {
  if (!URL.canParse(text, SITE)) return ACCOUNT;
  const { pathname, search, hash } = new URL(text, SITE);
  return pathname + search + hash === text ? text : ACCOUNT;
}
