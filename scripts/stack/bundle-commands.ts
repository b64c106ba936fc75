import { build } from "esbuild";
import { projectFile } from "../../project-file";

/** The commands of an installation; the others are for developing. */
const COMMANDS = ["backfill", "catalog", "events", "ledger", "migrate", "reconcile", "start"];

/** Writes each as plain JavaScript that needs neither tsx nor the working directory, only the dependencies. */
export const bundleCommands = (folder: string) =>
  build({
    entryPoints: COMMANDS.map((name) => projectFile(`scripts/${name}.ts`)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    alias: { "@": projectFile("") },
    logLevel: "warning",
  });
