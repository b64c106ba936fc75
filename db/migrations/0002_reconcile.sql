CREATE TABLE "reconcile_state" (
	"kind" text NOT NULL,
	"livemode" boolean NOT NULL,
	"cursor" bigint,
	"walk" jsonb,
	"lease_owner" text,
	"lease_until" timestamp with time zone,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"result" jsonb,
	"error" text,
	CONSTRAINT "reconcile_state_kind_livemode_pk" PRIMARY KEY("kind","livemode")
);
