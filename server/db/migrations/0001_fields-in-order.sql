ALTER TABLE "samples" ADD COLUMN "sort_name" text collate "C";--> statement-breakpoint
-- What server/samples/sort-name.ts makes of the names of new samples.
UPDATE "samples" SET "sort_name" = coalesce((
  SELECT left(string_agg(
    CASE WHEN "part"[1] ~ '^[0-9]'
      THEN lpad(coalesce(nullif(ltrim("part"[1], '0'), ''), '0'), greatest(16, length(ltrim("part"[1], '0'))), '0')
      ELSE "part"[1] END, '' ORDER BY "place"), 200)
  FROM regexp_matches(lower("original_filename"), '[0-9]+|[^0-9]+', 'g') WITH ORDINALITY AS "parts"("part", "place")), '');--> statement-breakpoint
ALTER TABLE "samples" ALTER COLUMN "sort_name" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "hospitals" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX "samples_lavage_name" ON "samples" USING btree ("lavage_id","sort_name","id");--> statement-breakpoint
CREATE INDEX "samples_completed_at" ON "samples" USING btree ("completed_at");
