CREATE TABLE "outbox" (
	"sample_id" uuid PRIMARY KEY NOT NULL,
	"enqueued_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"lease_id" uuid,
	"leased_until" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"redriven" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "outbox" USING btree ("enqueued_at") WHERE "outbox"."sent_at" is null and "outbox"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "outbox_open" ON "outbox" USING btree ("enqueued_at") WHERE "outbox"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "outbox_ended" ON "outbox" USING btree ("ended_at") WHERE "outbox"."ended_at" is not null;