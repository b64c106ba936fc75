/** The files of public/. Next serves them to GET and HEAD alone; anything else sent there reaches a page. */
const FILES = new Set([
  "/apple-touch-icon.png",
  "/favicon.ico",
  "/icon-192.png",
  "/icon-512.png",
  "/icon.svg",
  "/manifest.webmanifest",
  "/robots.txt",
  "/social.png",
]);

export const isFile = (path: string) => FILES.has(path);
