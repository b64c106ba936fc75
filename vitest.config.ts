import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: {
    include: ["*.test.ts", "{app,components,db,lib,local-stripe,scripts,test}/**/*.test.{ts,tsx}"],
    globalSetup: "test/support/stack.ts",
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
