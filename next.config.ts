import type { NextConfig } from "next";

const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  // Not `no-referrer`: browsers then send `Origin: null` with a form, which the proxy refuses.
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  // Browsers heed it over https only, so it is harmless on localhost.
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
};

const appUrl = process.env.APP_URL ?? "";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  experimental: {
    globalNotFound: true,
    // A proxy in front of us may keep the browser's Host to itself.
    serverActions: { allowedOrigins: URL.canParse(appUrl) ? [new URL(appUrl).host] : [] },
  },
  // `npm test` checks the types of everything, not only of what Next reaches.
  typescript: { ignoreBuildErrors: true },
  headers: async () => [
    { source: "/:path*", headers: Object.entries(securityHeaders).map(([key, value]) => ({ key, value })) },
  ],
  // Anything but the two pricing pages; without this every made-up path would be cached as one more page.
  redirects: async () => [
    { source: "/pricing/:path((?!yearly$).+)", destination: "/pricing", permanent: false },
  ],
};

export default config;
