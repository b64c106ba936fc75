import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { SiteFooter } from "./site-footer";
import { SiteHeader } from "./site-header";

export const siteMetadata: Metadata = {
  title: {
    default: "TitanForge: hosted AI by the month, small features by the piece",
    template: "%s · TitanForge",
  },
  description:
    "Two plans that put hosted AI into your product, and a small feature designed, built and shipped for a fixed price.",
};

export const siteViewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f3f4f1" },
    { media: "(prefers-color-scheme: dark)", color: "#111315" },
  ],
};

/** The sheet on which every page is printed. `account` is the header's right end: who is here. */
export function Document({ account, children }: { account: ReactNode; children: ReactNode }) {
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`}>
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
