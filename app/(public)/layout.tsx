import type { ReactNode } from "react";
import "../globals.css";
import { Document, siteMetadata, siteViewport } from "@/components/document";
import { ViewerLink } from "@/components/viewer";

export const metadata = siteMetadata;
export const viewport = siteViewport;

/** The cached zone: the same bytes for every visitor, so nothing here reads a cookie or a header. */
export default function PublicLayout({ children }: { children: ReactNode }) {
  return <Document account={<ViewerLink />}>{children}</Document>;
}
