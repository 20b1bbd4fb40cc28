ALTER TABLE "detection_runs" ADD COLUMN "downscale" double precision;--> statement-breakpoint
ALTER TABLE "detection_runs" ADD COLUMN "scale_source" text;