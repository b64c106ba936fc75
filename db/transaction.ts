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

/** A longer wait is better left to Stripe's retry. Set here and not on the connection, which a pooler shares. */
const BEGIN = "begin; set local lock_timeout = '4s'; set local statement_timeout = '8s'";

/**
 * A transaction in as few round trips as its author awaits: unlike `db.transaction`, neither BEGIN nor COMMIT
 * costs one of its own. Without a `commit` it is rolled back. Rows come as Postgres names them.
 */
export async function transaction<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
  const execute = await begin();
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
      return execute(sql, params) as never;
    },
    commit: () => end("commit"),
  };
  try {
    return await run(tx);
  } finally {
    await (done ?? end("rollback")).catch(() => {});
  }
}

type Execute = (text: string, params?: unknown[]) => Promise<unknown>;

/**
 * Not by `client.reserve()`: while the database is away, postgres.js forgets some of those who wait for a
 * connection, and gives others one that they have given up and never return. Not by `client.begin()`, which waits
 * for the answer to BEGIN.
 */
const begin = () =>
  new Promise<Execute>((resolve, reject) => {
    const onexecute = (connection: Connection) => resolve(executeOn(connection));
    // If it fails later, so does the first statement after it, which tells the author.
    client
      .unsafe(BEGIN, [], { onexecute } as object)
      .execute()
      .catch(reject);
  });

/** As postgres.js gives it to the statement that begins a transaction; its own `begin` does the same with it. */
interface Connection {
  /** @returns false when the next has to wait until it is called again; a text that is new to it is described first */
  execute(query: object): boolean;
  /** Called when it has answered everything. Set, the connection is nobody else's until the transaction has ended. */
  reserved: (() => void) | null;
  onclose: ((reason: Error) => void) | null;
}

function executeOn(connection: Connection): Execute {
  const waiting: { reject(reason: Error): void }[] = [];
  let isFull = false;
  let lost: Error | null = null;
  const next = () => {
    while (!isFull && waiting.length) isFull = !connection.execute(waiting.shift() as object);
  };
  connection.reserved = () => {
    isFull = false;
    next();
  };
  connection.onclose = (reason) => {
    lost = reason;
    for (const query of waiting) query.reject(reason);
  };
  return (text, params = []) => {
    // In the place of the one that was lost there may be another by now, somebody else's.
    if (lost) return Promise.reject(lost);
    // To postgres.js it is executed, so that awaiting it does not send it to a connection of its own.
    const query = Object.assign(client.unsafe(text, params as never[]), { executed: true });
    waiting.push(query as never);
    next();
    return query;
  };
}
