import type { ReactNode } from "react";
import "../globals.css";
import { Document } from "@/components/document";
import { siteMetadata, siteViewport } from "@/components/site-metadata";
import { ViewerLink } from "@/components/viewer";

export const metadata = siteMetadata;
export const viewport = siteViewport;

/** The cached zone: the same bytes for every visitor, so nothing here reads a cookie or a header. */
export default function PublicLayout({ children }: { children: ReactNode }) {
  return <Document account={<ViewerLink />}>{children}</Document>;
}
