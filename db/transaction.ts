import type { SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import postgres from "postgres";
import { client } from "./index";

const dialect = new PgDialect({ casing: "snake_case" });

/** A drizzle query builder or a `sql` template. */
export type Statement = SQL | { toSQL(): { sql: string; params: unknown[] } };

export interface Transaction {
  /** Sends a statement at once. Several sent before the first is awaited share one round trip, in order. */
  send<Row extends object>(statement: Statement): Promise<Row[]>;
  /** Send it together with the last writes. A write that failed turns it into a rollback. */
  commit(): Promise<unknown>;
}

/** Whoever waits longer is better served by Stripe's retry. Set here and not on the connection, which a pooler shares. */
const BEGIN = "begin; set local lock_timeout = '4s'; set local statement_timeout = '8s'";

/**
 * A transaction in as few round trips as its author awaits: unlike `db.transaction`, neither BEGIN nor COMMIT
 * costs one of its own. Without a `commit` it is rolled back. Rows come as Postgres names them.
 */
export async function transaction<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
  const connection = await client.reserve();
  const link = watch();
  const execute = (text: string, params: unknown[] = [], options = {}) =>
    link.through(() => connection.unsafe(text, params as never[], options).execute());
  let done: Promise<unknown> | undefined;
  const end = (statement: "commit" | "rollback") => {
    done = execute(statement);
    return done;
  };
  const tx: Transaction = {
    send: (statement) => {
      const { sql, params } = "toSQL" in statement ? statement.toSQL() : dialect.sqlToQuery(statement);
      // postgres.js would refuse it only after it began to count on an answer, and mix up all that follow.
      if (params.includes(undefined)) throw new Error(`A value is undefined in: ${sql}`);
      return execute(sql, params, { prepare: true }) as never;
    },
    commit: () => end("commit"),
  };
  try {
    // Not awaited: if it fails, so does the first statement after it, which tells the author.
    execute(BEGIN).catch(() => {});
    return await run(tx);
  } finally {
    if (!link.isLost()) await Promise.race([link.lost, (done ?? end("rollback")).catch(() => {})]);
    if (!link.isLost()) connection.release();
  }
}

/**
 * Notices that a reserved connection is gone. postgres.js replaces it by itself; whoever still writes to it, or
 * gives it back, breaks the one that takes its place, and what waited to be sent is never answered.
 */
function watch() {
  let isLost = false;
  let lose = () => {};
  const lost = new Promise<void>((resolve) => {
    lose = () => {
      isLost = true;
      resolve();
    };
  });
  return {
    lost,
    isLost: () => isLost,
    through<T>(send: () => Promise<T>): Promise<T> {
      if (isLost) return Promise.reject(new ConnectionLostError("The connection to the database was lost."));
      const answer = send();
      // Whatever is not Postgres' own answer says that there will be none.
      answer.catch((error) => error instanceof postgres.PostgresError || lose());
      return answer;
    },
  };
}

class ConnectionLostError extends Error {
  readonly code = "CONNECTION_CLOSED";
}
