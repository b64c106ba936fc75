import { projectFile } from "../project-file";
import { bundleCommands } from "./stack/bundle-commands";
import { readCommandLine } from "./stack/command-line";

/** The last step of `npm run build`: dist/ has the commands as an image without development dependencies runs them. */

readCommandLine("Usage: npm run build", {});
await bundleCommands(projectFile("dist"));
