CREATE TABLE "annotation_references" (
	"reading_id" uuid NOT NULL,
	"sample_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"run_id" uuid,
	CONSTRAINT "annotation_references_once" UNIQUE NULLS NOT DISTINCT("reading_id","sample_id","user_id","run_id")
);
--> statement-breakpoint
ALTER TABLE "sample_annotations" DROP CONSTRAINT "sample_annotations_reading_id_readings_id_fk";
--> statement-breakpoint
ALTER TABLE "sample_annotations" DROP CONSTRAINT "sample_annotations_sample_id_samples_id_fk";
--> statement-breakpoint
ALTER TABLE "sample_annotations" DROP CONSTRAINT "sample_annotations_user_id_users_id_fk";
--> statement-breakpoint
ALTER TABLE "sample_annotations" DROP CONSTRAINT "sample_annotations_run_id_detection_runs_id_fk";
--> statement-breakpoint
ALTER TABLE "annotation_references" ADD CONSTRAINT "annotation_references_reading_id_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "annotation_references" ADD CONSTRAINT "annotation_references_sample_id_samples_id_fk" FOREIGN KEY ("sample_id") REFERENCES "public"."samples"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "annotation_references" ADD CONSTRAINT "annotation_references_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "annotation_references" ADD CONSTRAINT "annotation_references_run_id_detection_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."detection_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
INSERT INTO "annotation_references" SELECT DISTINCT "reading_id", "sample_id", "user_id", "run_id" FROM "sample_annotations";
--> statement-breakpoint
CREATE FUNCTION "note_annotation_references"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	INSERT INTO annotation_references (reading_id, sample_id, user_id, run_id)
		SELECT DISTINCT reading_id, sample_id, user_id, run_id FROM added ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "sample_annotations_references" AFTER INSERT ON "sample_annotations" REFERENCING NEW TABLE AS added
	FOR EACH STATEMENT EXECUTE FUNCTION "note_annotation_references"();
--> statement-breakpoint
CREATE FUNCTION "refuse_other_references"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'an annotation keeps its reading, sample, user and run' USING ERRCODE = 'integrity_constraint_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "sample_annotations_same_references" BEFORE UPDATE OF "reading_id", "sample_id", "user_id", "run_id"
	ON "sample_annotations" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_other_references"();
