import { join } from "node:path";
import type { NextConfig } from "next";
import { PUBLIC_PAGES, publicPolicy } from "./lib/http/public-pages";
import { apiHeaders, securityHeaders } from "./lib/http/security-headers";

const appUrl = process.env.APP_URL ?? "";

const toList = (headers: Record<string, string>) =>
  Object.entries(headers).map(([key, value]) => ({ key, value }));

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // Vercel keeps pages in a cache of its own.
  cacheHandler: process.env.VERCEL ? undefined : join(import.meta.dirname, "lib/http/page-cache.mjs"),
  experimental: {
    globalNotFound: true,
    // A proxy in front of us may keep the browser's Host to itself.
    serverActions: { allowedOrigins: URL.canParse(appUrl) ? [new URL(appUrl).host] : [] },
  },
  // `npm test` checks the types of everything, not only of what Next reaches.
  typescript: { ignoreBuildErrors: true },
  headers: async () => [
    { source: "/:path*", headers: toList(securityHeaders) },
    { source: "/api/:path*", headers: toList(apiHeaders) },
    // The proxy gives every other page its own, with a nonce.
    ...PUBLIC_PAGES.map((source) => ({
      source,
      headers: toList({ "Content-Security-Policy": publicPolicy(process.env) }),
    })),
  ],
  // Anything but the two pricing pages; without this every made-up path would be cached as one more page.
  redirects: async () => [
    { source: "/pricing/:path((?!yearly$).+)", destination: "/pricing", permanent: false },
  ],
};

export default config;
