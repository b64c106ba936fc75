export type Plain = Readonly<Record<string, unknown>>;

export const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `previous_attributes`: the old values of what differs; a key that is new appears as null. */
export function changedFields(before: object, after: object): Record<string, unknown> {
  const [old, next] = [before as Plain, after as Plain];
  const changed: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
    const [was, is] = [old[key], next[key]];
    if (was === is) continue;
    if (isPlain(was) && isPlain(is)) {
      const inner = changedFields(was, is);
      if (Object.keys(inner).length > 0) changed[key] = inner;
    } else if (JSON.stringify(was) !== JSON.stringify(is)) {
      changed[key] = was ?? null;
    }
  }
  return changed;
}
