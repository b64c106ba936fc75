import type { ReactNode } from "react";
import { Brand } from "./brand";

export function SiteHeader({ children }: { children: ReactNode }) {
  return (
    <header>
      <div className="page flex flex-wrap items-center justify-between gap-x-4 py-2">
        <a href="/" className="inline-flex min-h-11 items-center hover:text-ember">
          <Brand />
        </a>
        <nav aria-label="Main" className="flex items-center gap-x-4 sm:gap-x-8">
          <a href="/pricing" className="header-link">
            Pricing
          </a>
          {children}
        </nav>
      </div>
      <div className="ticks border-edge border-t" />
    </header>
  );
}
