import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A file of the project by its path from the top folder, wherever the command was started. The top folder is the
 * one with package.json: modules lie at other depths in dist/ than in a checkout.
 */
export const projectFile = (path: string) => join(topFolder, path);

const topFolder = folderOf("package.json", dirname(fileURLToPath(import.meta.url)));

function folderOf(file: string, folder: string): string {
  if (existsSync(join(folder, file))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`There is no ${file} above ${import.meta.url}.`);
  return folderOf(file, parent);
}
