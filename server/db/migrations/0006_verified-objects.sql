ALTER TABLE "samples" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "samples" ADD COLUMN "damage" text;--> statement-breakpoint
CREATE INDEX "samples_verified_at" ON "samples" USING btree ("verified_at");--> statement-breakpoint
CREATE INDEX "samples_damaged" ON "samples" USING btree ("id") WHERE "samples"."damage" is not null;