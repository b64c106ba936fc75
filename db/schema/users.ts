import { sql } from "drizzle-orm";
import { index, integer, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, time } from "./columns";

export const users = pgTable(
  "users",
  {
    id: id(),
    /** As the person typed it; equality ignores case (the unique index below). */
    email: text().notNull(),
    name: text().notNull(),
    passwordHash: text().notNull(),
    role: text({ enum: ["customer", "owner"] })
      .notNull()
      .default("customer"),
    /** Part of every session cookie: raising it signs the person out everywhere. */
    sessionVersion: integer().notNull().default(1),
    stripeCustomerId: text().unique(),
    /**
     * The row of `subscriptions` that grants access now; kept by the BillingAgent in the event's own commit.
     * Without a foreign key: subscriptions refer to users already, and are never deleted.
     */
    currentSubscriptionId: uuid(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex("users_email_unique").on(sql`lower(${table.email})`)],
);

/** Each sign-in is a row until signing out ends it. The cookie has its id. */
export const sessions = pgTable(
  "sessions",
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The cookie is worth nothing from then on, ended or not. */
    expiresAt: time().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("sessions_user_idx").on(table.userId)],
);

export const accessTokens = pgTable(
  "access_tokens",
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** SHA-256 of the token, hex. The token itself is shown once and kept nowhere. */
    tokenHash: text().notNull().unique(),
    /** The first characters, so that a person can tell tokens apart. */
    prefix: text().notNull(),
    /** The scopes of lib/auth/scopes.ts, with a space between two; of old, every token could do the one thing there was. */
    scope: text().notNull().default("checkout"),
    expiresAt: time(),
    lastUsedAt: time(),
    revokedAt: time(),
    createdAt: createdAt(),
  },
  (table) => [index("access_tokens_user_idx").on(table.userId)],
);

/** Fixed windows counted in Postgres, so that the limit holds across instances. */
export const rateLimits = pgTable(
  "rate_limits",
  {
    /** e.g. `sign-in:account:ada@example.com` */
    key: text().primaryKey(),
    count: integer().notNull(),
    resetsAt: time().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("rate_limits_resets_at_idx").on(table.resetsAt)],
);
