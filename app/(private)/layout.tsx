import { connection } from "next/server";
import type { ReactNode } from "react";
import "../globals.css";
import { Document } from "@/components/document";
import { siteMetadata, siteViewport } from "@/components/site-metadata";
import { StripeJs } from "@/components/stripe-js";
import { env } from "@/env";
import { getUser } from "@/lib/auth/session";
import { signOut } from "./(auth)/actions";

export const metadata = { ...siteMetadata, robots: { index: false } };
export const viewport = siteViewport;

/** The dynamic zone: rendered for each request, because the CSP nonce of its scripts is new each time. */
export default async function PrivateLayout({ children }: { children: ReactNode }) {
  await connection();
  return (
    <Document account={<Account />}>
      {children}
      {env.STRIPE_PUBLISHABLE_KEY && <StripeJs publishableKey={env.STRIPE_PUBLISHABLE_KEY} />}
    </Document>
  );
}

async function Account() {
  const user = await getUser();
  if (!user) {
    return (
      <a href="/login" className="header-link">
        Sign in
      </a>
    );
  }
  return (
    <>
      <a href="/account" className="header-link">
        Account
      </a>
      <form action={signOut}>
        <button type="submit" className="header-link">
          Sign out
        </button>
      </form>
    </>
  );
}
