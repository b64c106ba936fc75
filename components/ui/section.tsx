import type { ReactNode } from "react";

type Props = { label: string; note?: ReactNode; children: ReactNode };

/** A hairline, the heading in the margin, the matter beside it. */
export function Section({ label, note, children }: Props) {
  return (
    <section className="grid gap-x-8 gap-y-6 border-line border-t py-10 md:grid-cols-12 md:py-14">
      <div className="md:col-span-3">
        <h2 className="label pt-1.5 font-medium">{label}</h2>
        {note && <p className="max-w-xs pt-2.5 text-iron text-sm leading-relaxed">{note}</p>}
      </div>
      <div className="min-w-0 md:col-span-9">{children}</div>
    </section>
  );
}

/** The top of every page: its one h1 and a sentence or two below. */
export function PageTitle({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="pt-12 pb-10 md:pt-20 md:pb-14">
      <h1 className="max-w-[16ch] text-title [overflow-wrap:anywhere]">{title}</h1>
      {children && <div className="max-w-prose pt-5 text-iron text-lg leading-relaxed">{children}</div>}
    </div>
  );
}
