import { join } from "node:path";
import type { NextConfig } from "next";

/** It is built in a folder of the project, so that it has the project's packages. */
const project = join(import.meta.dirname, "../..");

const config: NextConfig = {
  poweredByHeader: false,
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: project },
  outputFileTracingRoot: project,
};

export default config;
