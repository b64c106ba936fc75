import type { ReactNode } from "react";

/** A message that stands out from the page. An alert is read aloud as soon as it appears. */
export function Notice({ alert, children }: { alert?: boolean; children: ReactNode }) {
  return (
    <div
      role={alert ? "alert" : undefined}
      className="max-w-prose border-ember border-l-[3px] bg-sheet px-5 py-4 text-[0.9375rem]"
    >
      {children}
    </div>
  );
}
