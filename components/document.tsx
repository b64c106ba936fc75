import type { ReactNode } from "react";
import { geist } from "./fonts/geist";
import { SiteFooter } from "./site-footer";
import { SiteHeader } from "./site-header";

/** The sheet on which every page is printed. `account` is the header's right end: who is here. */
export function Document({ account, children }: { account: ReactNode; children: ReactNode }) {
  return (
    <html lang="en" className={geist.variable}>
      <body>
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:bg-ink focus:px-5 focus:py-3 focus:text-paper"
        >
          Skip to the content
        </a>
        <SiteHeader>{account}</SiteHeader>
        <main id="main" tabIndex={-1} className="page grow pb-16 outline-none">
          {children}
        </main>
        <SiteFooter />
      </body>
    </html>
  );
}
