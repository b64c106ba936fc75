import type { ReactNode } from "react";

/** A short list of names and values, as on a receipt. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className="border-edge border-t">
      {facts.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-6 border-line border-b py-3.5">
          <dt className="text-iron">{name}</dt>
          <dd className="min-w-0 text-right tabular-nums [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
