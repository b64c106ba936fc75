import localFont from "next/font/local";

/** Made by `npm run font`. Next measures a font of the system to the same widths, so nothing moves when it arrives. */
export const geist = localFont({
  src: "./geist-latin.woff2",
  variable: "--font-geist",
  weight: "400 600",
});
