import type { Metadata, Viewport } from "next";
import { publicOrigin } from "@/env";

/**
 * Apart from the sheet, which the browser renders too when a layout failed: env.ts is the server's. The picture
 * beside a shared link needs a whole address; a build that does not know ours leaves it out, where Next would put
 * localhost.
 */
export const siteMetadata: Metadata = {
  metadataBase: publicOrigin ? new URL(publicOrigin) : null,
  title: {
    default: "TitanForge: hosted AI by the month, small features by the piece",
    template: "%s · TitanForge",
  },
  description:
    "Two plans that put hosted AI into your product, and a small feature designed, built and shipped for a fixed price.",
  icons: {
    icon: [
      { url: "/favicon.ico", sizes: "48x48" },
      { url: "/icon.svg", sizes: "any", type: "image/svg+xml" },
    ],
    apple: "/apple-touch-icon.png",
  },
  manifest: "/manifest.webmanifest",
  ...(publicOrigin && {
    openGraph: {
      type: "website",
      siteName: "TitanForge",
      images: [
        {
          url: "/social.png",
          width: 1200,
          height: 630,
          alt: "The drawing of an anvil with a piece of hot iron on it",
        },
      ],
    },
    twitter: { card: "summary_large_image" },
  }),
};

export const siteViewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f3f4f1" },
    { media: "(prefers-color-scheme: dark)", color: "#111315" },
  ],
};
