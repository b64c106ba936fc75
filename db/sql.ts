import { client } from "./index";

/**
 * SQL with its values bound. A statement is put together from several of these for each event anew, so they are plain
 * data: each piece that postgres.js makes is a promise, and cost a third of an event's time.
 */
export class Fragment {
  constructor(
    readonly strings: readonly string[],
    readonly values: readonly (Value | Fragment | Fragment[])[],
  ) {}
}

/** As Postgres takes it for a parameter; times and JSON as text. */
type Value = string | number | boolean | null;

export const sql = (strings: TemplateStringsArray, ...values: (Value | Fragment | Fragment[])[]) =>
  new Fragment(strings, values);

/** Text that this code knows, never a caller's. */
export const raw = (text: string) => new Fragment([text], []);

export const identifier = (name: string) => raw(`"${name.replaceAll('"', '""')}"`);

/** Sends a statement by itself. Postgres prepares each text once a connection, so the texts are to be few. */
export function run<Row extends object>(statement: Fragment): Promise<Row[]> {
  const parameters: Value[] = [];
  const text = textOf(statement, parameters);
  return client.unsafe<Row[]>(text, parameters).then((rows) => [...rows]);
}

function textOf({ strings, values }: Fragment, parameters: Value[]): string {
  return strings.reduce((text, string, index) => text + pieceOf(values[index - 1], parameters) + string);
}

function pieceOf(value: Fragment["values"][number] | undefined, parameters: Value[]): string {
  if (value instanceof Fragment) return textOf(value, parameters);
  if (Array.isArray(value)) return value.map((one) => textOf(one, parameters)).join(" ");
  // postgres.js would refuse it only when others already count on its place in the line.
  if (value === undefined) throw new Error("A value of a statement is undefined.");
  return `$${parameters.push(value)}`;
}
