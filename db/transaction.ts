import type { SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
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
  let done: Promise<unknown> | undefined;
  const end = (statement: "commit" | "rollback") => {
    done = connection.unsafe(statement).execute();
    return done;
  };
  const tx: Transaction = {
    send: (statement) => {
      const { sql, params } = "toSQL" in statement ? statement.toSQL() : dialect.sqlToQuery(statement);
      return connection.unsafe(sql, params as never[], { prepare: true }).execute() as never;
    },
    commit: () => end("commit"),
  };
  try {
    // Not awaited: if it fails, so does the first statement after it, which tells the author.
    connection
      .unsafe(BEGIN)
      .execute()
      .catch(() => {});
    return await run(tx);
  } finally {
    // A connection that did not answer the end of its transaction is lost: postgres.js replaces it by itself,
    // and giving it back would hand a dead socket to the next query.
    await (done ?? end("rollback")).then(
      () => connection.release(),
      () => {},
    );
  }
}
