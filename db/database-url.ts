/**
 * DATABASE_URL, taken apart as libpq does it, so that what a hosting company hands out can be pasted as it is.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export interface DatabaseUrl {
  /** Several are tried in turn. */
  addresses: Address[];
  user?: string;
  password?: string;
  database?: string;
  parameters: Map<string, string>;
}

export interface Address {
  /** The name that a certificate is held against; of a socket, its folder. */
  host: string;
  /** The address to connect to, if not by the name. */
  address?: string;
  port: number;
  /** Of a socket of this machine. */
  path?: string;
}

const SHAPE = /^postgres(?:ql)?:\/\/(?:([^/@]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s;
const HOST = /^(?:\[([^\]]+)\]|([^:[\]@]*))(?::([^:]*))?$/;

const ENCODING = "In a user, a password or a value, @ : / and % are written %40, %3A, %2F and %25.";

/** No sentence holds a part of the URL that may be a password. */
export const refuse = (sentence: string): never => {
  throw new Error(`DATABASE_URL ${sentence}`);
};

/** @throws Error with a sentence that names the part that is wrong */
export function readDatabaseUrl(text: string): DatabaseUrl {
  const [, credentials, hosts = "", path, query] = SHAPE.exec(text) ?? refuse("must start with postgres://.");
  const parameters = readQuery(query ?? "");
  // In the order of libpq: a parameter comes before the same thing in the part in front of it.
  const take = (name: string, before: string | undefined) => {
    const value = parameters.get(name) || (before && decode(before)) || undefined;
    parameters.delete(name);
    return value;
  };
  const colon = credentials?.indexOf(":") ?? -1;
  const user = colon < 0 ? credentials : credentials?.slice(0, colon);
  const password = colon < 0 ? undefined : credentials?.slice(colon + 1);
  return {
    user: take("user", user),
    password: take("password", password),
    database: take("dbname", path),
    addresses: readAddresses(hosts, (name) => take(name, undefined)),
    parameters,
  };
}

function readQuery(query: string): Map<string, string> {
  const pairs = query.split("&").filter(Boolean);
  return new Map(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 1) return refuse(`has a parameter without a value. ${ENCODING}`);
      return [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
    }),
  );
}

/** Not as in a form: a plus is a plus. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse(`holds a % that begins no character. ${ENCODING}`);
  }
}

function readAddresses(hosts: string, take: (name: string) => string | undefined): Address[] {
  const named = hosts.split(",").map(readHost);
  const given = { host: take("host"), hostaddr: take("hostaddr"), port: take("port") };
  const names = given.host?.split(",") ?? named.map(({ host }) => host);
  const ips = given.hostaddr?.split(",");
  const ports = given.port?.split(",") ?? named.map(({ port }) => port);
  const count = Math.max(given.host || hosts ? names.length : 0, ips?.length ?? 0, 1);
  // One port is for all; any other list has to be as long as that of the hosts.
  for (const [list, name] of [[ips, "hostaddr"] as const, [ports.length > 1 ? ports : null, "port"] as const])
    if (list && list.length !== count) refuse(`has ${count} hosts and a ${name} for ${list.length}.`);
  return Array.from({ length: count }, (_, at) => {
    const address = ips?.[at] || undefined;
    const host = names[at] || address || "localhost";
    const port = readPort(ports.length > 1 ? ports[at] : ports[0]);
    // A folder, as /var/run/postgresql; Postgres puts its socket there under the port's number.
    return host.startsWith("/") ? { host, port, path: `${host}/.s.PGSQL.${port}` } : { host, address, port };
  });
}

function readHost(text: string) {
  const [, ipv6, name, port] = HOST.exec(text) ?? refuse(`has a host that cannot be read. ${ENCODING}`);
  return { host: decode(ipv6 ?? name ?? ""), port };
}

function readPort(text: string | undefined): number {
  const port = Number(text || 5432);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  return refuse(`has a port that is no number from 1 to 65535. ${ENCODING}`);
}
