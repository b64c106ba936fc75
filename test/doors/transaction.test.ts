import { eq, sql } from "drizzle-orm";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startPostgresProxy } from "../support/postgres-proxy";

/** Our own transaction, on two connections, so that one that is not given back is missed at once. */

const proxy = await startPostgresProxy(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = proxy.url;
process.env.DATABASE_POOL_MAX = "2";
// From here on the app's modules may read the environment.
const { client, db } = await import("@/db");
const { transaction } = await import("@/db/transaction");

const notes = pgTable("transaction_notes", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  body: text().notNull().unique(),
  spokenBy: text(),
});
const write = (body: string) => db.insert(notes).values({ body });
const written = async () => (await db.select().from(notes).orderBy(notes.id)).map(({ body }) => body);

beforeAll(() =>
  db.execute(
    sql`create table transaction_notes (id int primary key generated always as identity, body text not null unique, spoken_by text)`,
  ),
);
beforeEach(() => db.delete(notes).then(() => undefined));
afterAll(async () => {
  await db.execute(sql`drop table transaction_notes`);
  await client.end({ timeout: 1 });
  proxy.close();
});

describe("a transaction", () => {
  it("that commits has written, and gives what its author returns", async () => {
    const result = await transaction(async (tx) => {
      await Promise.all([tx.send(write("one")), tx.commit()]);
      return "done";
    });
    expect(result).toBe("done");
    expect(await written()).toEqual(["one"]);
  });

  it("that does not commit has written nothing, whether it returns or throws", async () => {
    expect(
      await transaction(async (tx) => {
        await tx.send(write("returned"));
        return "undone";
      }),
    ).toBe("undone");
    await expect(
      transaction(async (tx) => {
        await tx.send(write("thrown"));
        throw new Error("I changed my mind.");
      }),
    ).rejects.toThrow("I changed my mind.");
    expect(await written()).toEqual([]);
  });

  it("that commits and throws after it has written", async () => {
    const work = transaction(async (tx) => {
      await Promise.all([tx.send(write("kept")), tx.commit()]);
      throw new Error("Too late.");
    });
    await expect(work).rejects.toThrow("Too late.");
    expect(await written()).toEqual(["kept"]);
  });

  it("is seen by nobody before it commits, and by everybody when it is over", async () => {
    await transaction(async (tx) => {
      expect(await tx.send(write("unseen"))).toEqual([]);
      expect(await tx.send(sql`select body from transaction_notes`)).toEqual([{ body: "unseen" }]);
      expect(await written()).toEqual([]);
      // Not awaited: it is over only once it is committed.
      tx.commit();
    });
    expect(await written()).toEqual(["unseen"]);
  });

  it("takes a builder or a template, and gives rows as Postgres names them", async () => {
    const rows = await transaction(async (tx) => {
      const inserted = tx.send(db.insert(notes).values({ body: "a", spokenBy: "Ada" }).returning());
      const read = tx.send(sql`select ${notes.spokenBy} from ${notes} where ${notes.body} = ${"a"}`);
      const all = await Promise.all([inserted, read]);
      await tx.commit();
      return all;
    });
    expect(rows).toEqual([[{ id: expect.any(Number), body: "a", spoken_by: "Ada" }], [{ spoken_by: "Ada" }]]);
  });

  it("runs what is sent at once in the order it was sent in, in one round trip", async () => {
    const bodies = Array.from({ length: 20 }, (_, n) => `line ${n}`);
    const say = () =>
      transaction(async (tx) => {
        const all = bodies.map((body) => tx.send(write(body)));
        all.push(tx.send(sql`select count(*)::int as count from transaction_notes`));
        return (await Promise.all([...all, tx.commit()])).at(bodies.length);
      });
    // A text that is new to a connection is described to it first.
    for (let connection = 0; connection < 4; connection++) {
      await say();
      expect(await written()).toEqual(bodies);
      await db.delete(notes);
    }
    proxy.counts.roundTrips = 0;
    expect(await say()).toEqual([{ count: 20 }]);
    expect(proxy.counts.roundTrips).toBe(1);
  });

  it("gives up waiting for a lock after 4 s and for an answer after 8 s, and leaves that to nobody after it", async () => {
    const settings = sql`select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as answer`;
    for (let connection = 0; connection < 4; connection++) {
      const inside = await transaction(async (tx) => {
        const rows = await tx.send(settings);
        await tx.commit();
        return rows;
      });
      expect(inside).toEqual([{ lock: "4s", answer: "8s" }]);
      expect([...(await db.execute(settings))]).toEqual([{ lock: "0", answer: "0" }]);
    }
  });
});

describe("a write that fails", () => {
  const failing = (order: "before" | "after") =>
    transaction(async (tx) => {
      const [good, bad] = [write("good"), sql`insert into transaction_notes (body) values (null)`];
      const statements = order === "before" ? [bad, good] : [good, bad];
      await Promise.all([...statements.map((one) => tx.send(one)), tx.commit()]);
    });

  it.each(["before", "after"] as const)(
    "turns the commit into a rollback: it comes %s the good one",
    async (order) => {
      await expect(failing(order)).rejects.toMatchObject({ code: "23502" });
      expect(await written()).toEqual([]);
    },
  );

  it("is told to its author, who may not go on", async () => {
    const codes: unknown[] = [];
    await transaction(async (tx) => {
      await tx.send(write("first"));
      for (const one of [sql`select 1 / 0`, sql`select 1`])
        await tx.send(one).catch((error) => codes.push(error.code));
      await tx.commit();
    });
    // Division by zero; then the transaction is aborted, whatever is sent.
    expect(codes).toEqual(["22012", "25P02"]);
    expect(await written()).toEqual([]);
  });
});

describe("a value that is undefined", () => {
  it("is refused before it is sent, with the statement and without the values", async () => {
    const work = transaction(async (tx) => {
      await tx.send(write("before"));
      await tx.send(
        sql`insert into transaction_notes (body) values (${"secret"}), (${sql.param(undefined)})`,
      );
      await tx.commit();
    });
    await expect(work).rejects.toThrow(
      "A value is undefined in: insert into transaction_notes (body) values ($1), ($2)",
    );
    expect(await written()).toEqual([]);
  });

  it("is not null", async () => {
    await transaction(async (tx) => {
      await Promise.all([
        tx.send(sql`insert into transaction_notes (body, spoken_by) values (${"x"}, ${null})`),
        tx.commit(),
      ]);
    });
    expect(await db.select().from(notes).where(eq(notes.body, "x"))).toMatchObject([{ spokenBy: null }]);
  });
});

describe("a connection", () => {
  it("goes back to the others however a transaction ends", async () => {
    const endings = [
      () => transaction(async (tx) => tx.commit()),
      () => transaction(async () => "nothing sent"),
      () => transaction(async (tx) => tx.send(write("not committed"))),
      () => transaction(async () => Promise.reject(new Error("thrown"))),
      () => transaction(async (tx) => tx.send(sql`select ${sql.param(undefined)}`)),
      () => transaction(async (tx) => tx.send(sql`this is no SQL`)),
      () => transaction(async (tx) => Promise.all([tx.send(sql`select 1 / 0`), tx.commit()])),
    ];
    for (let round = 0; round < 3; round++) await Promise.allSettled(endings.map((end) => end()));
    // Both are free: two transactions run beside one another, each waiting for the other to have begun.
    let begun = 0;
    let bothBegun = () => {};
    const both = new Promise<void>((resolve) => {
      bothBegun = resolve;
    });
    const held = () =>
      transaction(async (tx) => {
        const rows = await tx.send<{ pid: number }>(sql`select pg_backend_pid() as pid`);
        if (++begun === 2) bothBegun();
        await both;
        await tx.commit();
        return rows[0]?.pid;
      });
    expect(new Set(await Promise.all([held(), held()])).size).toBe(2);
    expect(await written()).toEqual([]);
  });

  it("is one transaction's alone while it lasts", async () => {
    const pid = sql`select pg_backend_pid() as pid`;
    await transaction(async (tx) => {
      const [mine] = await tx.send<{ pid: number }>(pid);
      const others = await Promise.all(Array.from({ length: 10 }, () => db.execute(pid)));
      expect(others.flatMap((rows) => [...rows])).not.toContainEqual(mine);
      expect(await tx.send(pid)).toEqual([mine]);
      await tx.commit();
    });
  });

  it("is made no more often than DATABASE_POOL_MAX says, named, and learns each text once", async () => {
    const pid = sql`select pg_backend_pid() as pid, current_setting('application_name') as name from pg_sleep(0.01)`;
    const rows = (await Promise.all(Array.from({ length: 12 }, () => db.execute(pid)))).flatMap((one) => [
      ...one,
    ]);
    expect(new Set(rows.map((row) => row.pid)).size).toBe(2);
    expect(new Set(rows.map((row) => row.name))).toEqual(new Set(["titanforge"]));
    const known = await transaction(async (tx) => {
      for (let again = 0; again < 3; again++) await tx.send(sql`select ${again}::int as learnt_once`);
      const learnt = tx.send(
        sql`select count(*)::int as count from pg_prepared_statements where statement like '%learnt_once%' and statement not like '%pg_prepared%'`,
      );
      await Promise.all([learnt, tx.commit()]);
      return learnt;
    });
    expect(known).toEqual([{ count: 1 }]);
  });
});
