import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: {
    include: ["*.test.ts", "{app,components,db,lib,local-stripe,scripts,test}/**/*.test.{ts,tsx}"],
    globalSetup: "test/support/stack.ts",
    // It names Next's modules as only a bundler finds them, and what a test puts in their place must reach it.
    server: { deps: { inline: ["next-auth"] } },
    setupFiles: "test/support/silent-log.ts",
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
