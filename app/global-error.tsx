"use client";

import "./globals.css";
import { Document } from "@/components/document";
import { Failure } from "@/components/lost";

/** A root layout failed, most likely because the database that knows who is signed in does not answer. */
export default function GlobalError({ retry }: { retry: () => void }) {
  return (
    <Document account={null}>
      <title>Something broke · TitanForge</title>
      <Failure retry={retry} />
    </Document>
  );
}
