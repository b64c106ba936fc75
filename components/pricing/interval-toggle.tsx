import type { Saving } from "./saving";

const half =
  "inline-flex min-h-12 items-center px-5 text-[0.9375rem] aria-[current=page]:bg-ink aria-[current=page]:text-paper not-aria-[current=page]:hover:text-ember";

/** Two cached pages rather than a switch: it needs no JavaScript, and either can be linked to. */
export function IntervalToggle({ interval, saving }: { interval: "month" | "year"; saving: Saving | null }) {
  const current = (page: "month" | "year") => (page === interval ? "page" : undefined);
  return (
    <nav aria-label="Billing interval" className="inline-flex rounded-xs border border-ink">
      <a href="/pricing" aria-current={current("month")} className={half}>
        Monthly
      </a>
      <a href="/pricing/yearly" aria-current={current("year")} className={half}>
        Yearly
        {saving && (
          <>
            {" "}
            <span className="label pl-3">Save {saving.percent}%</span>
          </>
        )}
      </a>
    </nav>
  );
}
