import { refuse } from "./database-url";

/**
 * The parameters of a DATABASE_URL that are understood: those of libpq, and those that hosting companies add for the
 * libraries that most of their customers use. Whatever else stands there is refused by name: the driver would send it
 * to the server, which knows it even less.
 */
const UNDERSTOOD: Record<string, readonly string[] | "any" | "number"> = {
  application_name: "any",
  fallback_application_name: "any",
  options: "any",
  connect_timeout: "number",
  target_session_attrs: ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"],
  keepalives: ["0", "1"],
  keepalives_idle: "number",

  sslmode: ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"],
  ssl: ["true", "false", "1", "0", "require", "no-verify"],
  sslnegotiation: ["postgres", "direct"],
  sslrootcert: "any",
  sslcert: "any",
  sslkey: "any",
  sslpassword: "any",
  sslcrl: "any",
  sslsni: ["0", "1"],
  ssl_min_protocol_version: ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
  ssl_max_protocol_version: ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
  channel_binding: ["disable", "prefer", "require"],

  // Settings of the server that other drivers take here, too.
  statement_timeout: "any",
  lock_timeout: "any",
  idle_in_transaction_session_timeout: "any",

  // Prisma's.
  connection_limit: "number",
  pgbouncer: ["true", "false"],
  statement_cache_size: "number",
  sslaccept: ["strict", "accept_invalid_certs"],

  // They may say what is so anyway.
  client_encoding: ["utf8", "utf-8", "unicode", "auto"],
  schema: ["public"],
  search_path: ["public"],
  replication: ["false", "off", "no", "0"],
  gssencmode: ["disable", "prefer"],
  sslcertmode: ["disable", "allow"],
  load_balance_hosts: ["disable", "random"],

  // These time what does not exist here, probe a network, or name a pooler.
  pool: "any",
  pool_timeout: "any",
  socket_timeout: "any",
  supa: "any",
  workaround: "any",
  uselibpqcompat: "any",
  keepalives_interval: "any",
  keepalives_count: "any",
  tcp_user_timeout: "any",
  sslcompression: "any",
  krbsrvname: "any",
  gsslib: "any",
  gssdelegation: "any",
  min_protocol_version: "any",
  max_protocol_version: "any",
};

/** @throws Error that names the first parameter which cannot be honoured */
export function checkParameters(parameters: Map<string, string>) {
  for (const [name, value] of parameters) {
    const allowed = Object.hasOwn(UNDERSTOOD, name) ? UNDERSTOOD[name] : null;
    if (!allowed)
      refuse(
        `has the parameter ${name}, which cannot be honoured here. Take it out; a setting of the server goes into options=-c%20name%3Dvalue.`,
      );
    if (allowed === "number" && !/^\d{1,6}$/.test(value))
      refuse(`has the parameter ${name}, which must be a number.`);
    if (Array.isArray(allowed) && !allowed.some((one) => one.toLowerCase() === value.toLowerCase()))
      refuse(
        `has the parameter ${name} with a value that cannot be honoured here. It may be: ${allowed.join(", ")}.`,
      );
  }
}
