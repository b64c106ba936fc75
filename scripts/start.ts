import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { projectFile } from "../project-file";
import { readCommandLine } from "./stack/command-line";
import { loadEnvFiles } from "./stack/load-environment";

/** `npm start`: Next's own server, where .env says; Next by itself reads PORT before it reads .env. */

const { port, hostname } = readCommandLine("Usage: npm start [-- --port 3100] [-- --hostname 127.0.0.1]", {
  options: { port: { type: "string", short: "p" }, hostname: { type: "string", short: "H" } },
}).values;
loadEnvFiles({ isDevelopment: false });
if (port) process.env.PORT = port;

// Next looks for what its configuration names in the working directory, wherever the project is.
process.chdir(projectFile(""));
// In this very process, so that a signal reaches the server and nobody stands between.
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
process.argv = [
  process.execPath,
  next,
  "start",
  projectFile(""),
  ...(hostname ? ["--hostname", hostname] : []),
];
await import(pathToFileURL(next).href);
