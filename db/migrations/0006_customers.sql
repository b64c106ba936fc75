CREATE TABLE "customers" (
	"stripe_id" text PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"rev" integer DEFAULT 0 NOT NULL,
	"deleted_at" timestamp with time zone,
	"livemode" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "customers_user_idx" ON "customers" USING btree ("user_id");--> statement-breakpoint
-- Customers that users name today get their rows with the first news about them.
INSERT INTO "customers" ("stripe_id", "user_id", "deleted_at", "livemode", "created_at")
SELECT "stripe_id", "user_id", "created_at", "livemode", "created_at" FROM "deleted_customers";--> statement-breakpoint
DROP TABLE "deleted_customers";--> statement-breakpoint
-- The version before this one may still be running beside the new one; it reads and writes through the old name.
CREATE VIEW "deleted_customers" AS
SELECT "stripe_id", "user_id", "livemode", "created_at" FROM "customers" WHERE "deleted_at" IS NOT NULL AND "user_id" IS NOT NULL;--> statement-breakpoint
CREATE FUNCTION "remember_deleted_customer"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "customers" AS held ("stripe_id", "user_id", "deleted_at", "livemode")
	VALUES (NEW."stripe_id", NEW."user_id", now(), NEW."livemode")
	ON CONFLICT ("stripe_id") DO UPDATE SET
		"user_id" = coalesce(held."user_id", excluded."user_id"),
		"deleted_at" = coalesce(held."deleted_at", excluded."deleted_at"),
		"rev" = held."rev" + 1;
	RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "remember_deleted_customer" INSTEAD OF INSERT ON "deleted_customers"
FOR EACH ROW EXECUTE FUNCTION "remember_deleted_customer"();
