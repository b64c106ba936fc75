import { readFileSync } from "node:fs";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";
import { type Address, refuse } from "./database-url";

/** With "prefer" the driver goes on without TLS where the server has none. */
export type Tls = false | "prefer" | ConnectionOptions;

/** Encrypts a connection and checks the server's certificate by libpq's rules. */
export function readTls(parameters: Map<string, string>, addresses: Address[]): Tls {
  const mode = readMode(parameters);
  const isBound = parameters.get("channel_binding") === "require";
  if (isBound && mode === "disable")
    refuse("has channel_binding=require, which needs TLS, and turns TLS off.");
  // Nobody listens in on a socket of this machine.
  if (mode === "disable" || addresses.every(({ path }) => path)) return false;
  const file = (name: string) => readFile(name, parameters.get(name));
  const isSystem = parameters.get("sslrootcert") === "system";
  const ca = isSystem ? undefined : file("sslrootcert");
  const [cert, key] = [file("sslcert"), file("sslkey")];
  const isLax = ["allow", "prefer"].includes(mode) && !isBound && !isSystem;
  if (isLax && !ca && !cert) return "prefer";

  // The driver cannot bind a channel. A certificate that was verified keeps the same people out.
  const isFull = mode === "verify-full" || isBound || isSystem || parameters.get("sslaccept") === "strict";
  // `require` beside a root certificate means verify-ca, for old versions of libpq had it so.
  const isVerified = isFull || mode === "verify-ca" || (mode === "require" && ca !== undefined);
  const versions = {
    minVersion: parameters.get("ssl_min_protocol_version") as ConnectionOptions["minVersion"],
    maxVersion: parameters.get("ssl_max_protocol_version") as ConnectionOptions["maxVersion"],
  };
  return withoutUndefined({
    ...versions,
    ca,
    cert,
    key,
    crl: file("sslcrl"),
    passphrase: parameters.get("sslpassword"),
    rejectUnauthorized: isVerified,
    // Each authority that the URL names is trusted.
    checkServerIdentity: (_: string, certificate) => {
      if (!isFull) return undefined;
      const results = addresses.map(({ host }) => checkServerIdentity(host, certificate));
      return results.includes(undefined) ? undefined : results[0];
    },
    servername: parameters.get("sslsni") === "0" ? "" : undefined,
  } satisfies ConnectionOptions);
}

/** libpq's default: TLS where the server has it. */
function readMode(parameters: Map<string, string>): string {
  const mode = parameters.get("sslmode")?.toLowerCase();
  if (mode) return mode;
  const ssl = parameters.get("ssl")?.toLowerCase();
  if (ssl === undefined) return "prefer";
  if (ssl === "no-verify") return ssl;
  return ["false", "0"].includes(ssl) ? "disable" : "require";
}

function readFile(name: string, path: string | undefined) {
  if (!path) return undefined;
  try {
    return readFileSync(path);
  } catch {
    return refuse(`has the parameter ${name}, which names a file that cannot be read: ${path}`);
  }
}

/** The driver lays these over its own, and an undefined one would take its own away. */
const withoutUndefined = (options: ConnectionOptions): ConnectionOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
