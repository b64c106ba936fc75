import type { Metadata } from "next";
import { connection } from "next/server";
import "./globals.css";
import { Document } from "@/components/document";
import { NotFound } from "@/components/lost";
import { siteMetadata, siteViewport } from "@/components/site-metadata";
import { ViewerLink } from "@/components/viewer";

export const metadata: Metadata = { ...siteMetadata, title: "Not found · TitanForge" };
export const viewport = siteViewport;

/**
 * An address that no route answers. It has no layout above it, so it prints its own sheet; rendered for each
 * request, because it is served under the nonce policy.
 */
export default async function GlobalNotFound() {
  await connection();
  return (
    <Document account={<ViewerLink />}>
      <NotFound />
    </Document>
  );
}
