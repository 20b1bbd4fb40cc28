CREATE INDEX "patient_annotations_created_at" ON "patient_annotations" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "readings_user" ON "readings" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sample_annotations_cell_type" ON "sample_annotations" USING btree ("cell_type","id") WHERE "sample_annotations"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "sample_annotations_created_at" ON "sample_annotations" USING brin ("created_at");