import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of Local Stripe. */
export const folder = dirname(fileURLToPath(import.meta.url));

const READ = /readFileSync\(new URL\("([^"]+)", import\.meta\.url\), "utf8"\)/g;

/**
 * A plugin of esbuild: a source that reads a file beside it has that file's text in the bundle, which may then be
 * anywhere. Sources are read at once beforehand, because asking a plugin for each of some hundred takes longer.
 */
export const inlineFiles = {
  name: "inline-files",
  setup({ onLoad }) {
    const sources = readdirSync(folder, { recursive: true })
      .filter((name) => /(?<!\.test)\.ts$/.test(name) && !/^test[\\/]/.test(name))
      .map((name) => [join(folder, name), readFileSync(join(folder, name), "utf8")]);
    for (const [path, source] of sources) {
      if (!source.includes("import.meta.url")) continue;
      const contents = source.replaceAll(READ, (_, file) =>
        JSON.stringify(readFileSync(join(dirname(path), file), "utf8")),
      );
      if (contents.includes("import.meta.url")) {
        throw new Error(
          `${path} reads a file otherwise than as readFileSync(new URL("…", import.meta.url), "utf8").`,
        );
      }
      const exactly = new RegExp(`^${path.replaceAll(/[^\w/]/g, "\\$&")}$`);
      onLoad({ filter: exactly }, () => ({ loader: "ts", contents }));
    }
  },
};
