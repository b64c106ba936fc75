CREATE TABLE "disputes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"stripe_id" text NOT NULL,
	"stripe_charge_id" text,
	"stripe_payment_intent_id" text,
	"status" text NOT NULL,
	"reason" text NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"evidence_due_at" timestamp with time zone,
	"stripe_created_at" timestamp with time zone NOT NULL,
	"livemode" boolean NOT NULL,
	"stamp_lo" bigint DEFAULT 0 NOT NULL,
	"stamp_hi" bigint DEFAULT 0 NOT NULL,
	"from_created" boolean DEFAULT false NOT NULL,
	"rev" integer DEFAULT 0 NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "disputes_stripeId_unique" UNIQUE("stripe_id")
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"stripe_id" text NOT NULL,
	"livemode" boolean NOT NULL,
	"stamp_lo" bigint DEFAULT 0 NOT NULL,
	"stamp_hi" bigint DEFAULT 0 NOT NULL,
	"from_created" boolean DEFAULT false NOT NULL,
	"rev" integer DEFAULT 0 NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "plans_stripeId_unique" UNIQUE("stripe_id")
);
--> statement-breakpoint
ALTER TABLE "subscriptions" ALTER COLUMN "stamp_lo" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "subscriptions" ALTER COLUMN "stamp_hi" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "stamp_lo" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "stamp_hi" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "from_created" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "rev" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "stripe_events" ADD COLUMN "changes" jsonb;--> statement-breakpoint
ALTER TABLE "stripe_transactions" ADD COLUMN "status" text;--> statement-breakpoint
CREATE INDEX "disputes_payment_intent_idx" ON "disputes" USING btree ("stripe_payment_intent_id");--> statement-breakpoint
CREATE INDEX "stripe_events_payload_idx" ON "stripe_events" USING btree ("created_at") WHERE "stripe_events"."payload" is not null;--> statement-breakpoint
ALTER TABLE "products" DROP COLUMN "stamp_lo";--> statement-breakpoint
ALTER TABLE "products" DROP COLUMN "stamp_hi";--> statement-breakpoint
ALTER TABLE "products" DROP COLUMN "from_created";--> statement-breakpoint
ALTER TABLE "products" DROP COLUMN "rev";--> statement-breakpoint
ALTER TABLE "products" DROP COLUMN "deleted_at";