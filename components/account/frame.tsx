import type { ReactNode } from "react";
import { PageTitle } from "../ui/section";

const pages = [
  { href: "/account", label: "Billing" },
  { href: "/account/tokens", label: "Access tokens" },
] as const;

type Props = { current: (typeof pages)[number]["href"]; title: string; children: ReactNode };

/** The account's pages share a title line and the way between them. */
export function AccountFrame({ current, title, children }: Props) {
  return (
    <>
      <PageTitle title={title} />
      <nav aria-label="Account" className="-mt-4 flex gap-x-7 pb-6">
        {pages.map(({ href, label }) => (
          <a
            key={href}
            href={href}
            aria-current={href === current ? "page" : undefined}
            className="header-link aria-[current=page]:underline aria-[current=page]:decoration-2 aria-[current=page]:decoration-ember aria-[current=page]:underline-offset-[0.6em]"
          >
            {label}
          </a>
        ))}
      </nav>
      {children}
    </>
  );
}
