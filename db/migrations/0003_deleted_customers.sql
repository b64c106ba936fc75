CREATE TABLE "deleted_customers" (
	"stripe_id" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"livemode" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deleted_customers" ADD CONSTRAINT "deleted_customers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;