type Value = string | number | boolean | null | undefined;
export type Params = { readonly [name: string]: Value | Params };

/** Parameters as a form has them, for `ask`: `{ card: { token: "tok_visa" } }` is `card[token]=tok_visa`. */
export const formOf = (params: Params): string => new URLSearchParams(fieldsOf(params)).toString();

function fieldsOf(params: Params, prefix = ""): [string, string][] {
  return Object.entries(params).flatMap(([name, value]): [string, string][] => {
    const path = prefix ? `${prefix}[${name}]` : name;
    if (value === undefined) return [];
    return typeof value === "object" && value !== null
      ? fieldsOf(value, path)
      : [[path, value === null ? "" : String(value)]];
  });
}
