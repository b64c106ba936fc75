ALTER TABLE "plans" RENAME TO "stripe_products";--> statement-breakpoint
ALTER TABLE "stripe_products" RENAME CONSTRAINT "plans_stripeId_unique" TO "stripe_products_stripeId_unique";--> statement-breakpoint
-- The version before this one may still be running beside the new one; it reads and writes through the old name.
CREATE VIEW "plans" AS SELECT * FROM "stripe_products";--> statement-breakpoint
UPDATE "stripe_events" SET "status" = 'parked' WHERE "status" = 'dead';
