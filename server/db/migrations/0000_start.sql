CREATE TABLE "activity_seals" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "activity_seals_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"activity_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "activity_seals_activityId_unique" UNIQUE("activity_id")
);
--> statement-breakpoint
CREATE TABLE "list_counters" (
	"name" text PRIMARY KEY NOT NULL,
	"count" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "uploads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"object_key" text NOT NULL,
	"length_bytes" bigint NOT NULL,
	"offset_bytes" bigint DEFAULT 0 NOT NULL,
	"fields" jsonb NOT NULL,
	"sample_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_activity_log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"user_id" uuid,
	"activity_type" text NOT NULL,
	"description" text NOT NULL,
	"entity_type" text,
	"entity_id" uuid,
	"metadata" jsonb,
	"address" "inet",
	"request_id" text
);
--> statement-breakpoint
CREATE TABLE "worker_heartbeats" (
	"id" text PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"active_jobs" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "detection_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sample_id" uuid NOT NULL,
	"engine" text NOT NULL,
	"version" text NOT NULL,
	"parameters" jsonb NOT NULL,
	"decoder" text NOT NULL,
	"cells" "bytea" NOT NULL,
	"cell_count" integer NOT NULL,
	"duration_ms" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lavages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"hospital_id" uuid NOT NULL,
	"request_id" uuid,
	"collected_at" timestamp (3) with time zone,
	"received_at" timestamp (3) with time zone,
	"site" text,
	"instilled_ml" double precision,
	"recovered_ml" double precision,
	"cells_per_ml" double precision,
	"viability_percent" double precision,
	"cd4_cd8" double precision,
	"smoking_status" text,
	"age_at_collection" integer,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "patient_identifiers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"value" text NOT NULL,
	"type" text NOT NULL,
	"issuer" text NOT NULL,
	CONSTRAINT "patient_identifiers_unique" UNIQUE("issuer","type","value")
);
--> statement-breakpoint
CREATE TABLE "patients" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hospital_id" uuid NOT NULL,
	"created_by" uuid NOT NULL,
	"name" text NOT NULL,
	"age" integer NOT NULL,
	"gender" text NOT NULL,
	"contact" text DEFAULT '' NOT NULL,
	"date_of_birth" date,
	"sex" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"accession_number" text,
	"requester" text,
	"question" text,
	"research_consent" boolean,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "samples" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"lavage_id" uuid NOT NULL,
	"slide_id" uuid NOT NULL,
	"uploader_id" uuid NOT NULL,
	"original_filename" text NOT NULL,
	"s3_key" text NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"format" text NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"objective" text,
	"microns_per_pixel" double precision,
	"inference_status" text DEFAULT 'pending' NOT NULL,
	"error" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"run_id" uuid,
	"latest_run_id" uuid,
	"display_key" text,
	"thumbnail_key" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "samples_s3_key_unique" UNIQUE("s3_key"),
	CONSTRAINT "samples_status_known" CHECK ("inference_status" in ('pending', 'processing', 'completed', 'failed')),
	CONSTRAINT "samples_failed_says_why" CHECK ("samples"."inference_status" <> 'failed' or "samples"."error" is not null)
);
--> statement-breakpoint
CREATE TABLE "slides" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lavage_id" uuid NOT NULL,
	"label" text NOT NULL,
	"stain" text DEFAULT 'May-Grünwald-Giemsa' NOT NULL,
	"preparation" text DEFAULT 'cytospin' NOT NULL,
	"counts_in_differential" boolean DEFAULT true NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hospitals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"location" text DEFAULT '' NOT NULL,
	"laboratory_id" uuid NOT NULL,
	"uploaders_share" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "hospitals_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"user_id" uuid NOT NULL,
	"key" text NOT NULL,
	"route" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" smallint,
	"reply" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_user_id_key_pk" PRIMARY KEY("user_id","key")
);
--> statement-breakpoint
CREATE TABLE "laboratories" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "laboratories_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "laboratory_settings" (
	"laboratory_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"settings" jsonb NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "laboratory_settings_laboratory_id_version_pk" PRIMARY KEY("laboratory_id","version")
);
--> statement-breakpoint
CREATE TABLE "one_time_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"secret_hash" text NOT NULL,
	"created_by" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "one_time_links_secretHash_unique" UNIQUE("secret_hash")
);
--> statement-breakpoint
CREATE TABLE "second_factors" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"secret" "bytea" NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"last_step" bigint,
	"recovery_hashes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"secret_hash" text NOT NULL,
	"security_version" integer NOT NULL,
	"user_agent" text,
	"address" "inet",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "sessions_secretHash_unique" UNIQUE("secret_hash")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text NOT NULL,
	"status" text NOT NULL,
	"hospital_id" uuid,
	"laboratory_id" uuid,
	"requested" jsonb,
	"can_sign" boolean DEFAULT false NOT NULL,
	"security_version" integer DEFAULT 1 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_role" CHECK ("role" in ('ADMIN', 'UPLOADER', 'ANNOTATOR')),
	CONSTRAINT "users_status" CHECK ("status" in ('pending', 'active', 'disabled')),
	CONSTRAINT "users_belong" CHECK ("users"."role" <> 'UPLOADER' or "users"."status" <> 'active' or "users"."hospital_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reading_id" uuid NOT NULL,
	"code" text NOT NULL,
	"note" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "patient_annotations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lavage_id" uuid NOT NULL,
	"reading_id" uuid,
	"user_id" uuid NOT NULL,
	"adequacy" text NOT NULL,
	"adequacy_reasons" text,
	"pattern" text,
	"diagnosis" jsonb NOT NULL,
	"laboratory_id" uuid NOT NULL,
	"settings_version" integer NOT NULL,
	"comments" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "reading_fields" (
	"reading_id" uuid NOT NULL,
	"sample_id" uuid NOT NULL,
	"state" text NOT NULL,
	"excluded_because" text,
	"run_id" uuid,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reading_fields_reading_id_sample_id_pk" PRIMARY KEY("reading_id","sample_id"),
	CONSTRAINT "reading_fields_says_why" CHECK ("reading_fields"."state" <> 'excluded' or "reading_fields"."excluded_because" is not null)
);
--> statement-breakpoint
CREATE TABLE "readings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lavage_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"blinded" boolean DEFAULT false NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"laboratory_id" uuid NOT NULL,
	"settings_version" integer NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reading_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"content" jsonb NOT NULL,
	"hash" text NOT NULL,
	"counted_by" uuid NOT NULL,
	"signed_by" uuid,
	"signed_at" timestamp (3) with time zone,
	"amended_because" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reports_version" UNIQUE("reading_id","version")
);
--> statement-breakpoint
CREATE TABLE "sample_annotations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reading_id" uuid NOT NULL,
	"sample_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"x" double precision NOT NULL,
	"y" double precision NOT NULL,
	"width" double precision NOT NULL,
	"height" double precision NOT NULL,
	"geometry" jsonb,
	"cell_type" text NOT NULL,
	"comments" text,
	"source" text NOT NULL,
	"run_id" uuid,
	"detection_index" integer,
	"confidence" double precision,
	"edges" smallint DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "sample_annotations_index" CHECK (("sample_annotations"."source" = 'manual') = ("sample_annotations"."detection_index" is null))
);
--> statement-breakpoint
ALTER TABLE "activity_seals" ADD CONSTRAINT "activity_seals_activity_id_user_activity_log_id_fk" FOREIGN KEY ("activity_id") REFERENCES "public"."user_activity_log"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "detection_runs" ADD CONSTRAINT "detection_runs_sample_id_samples_id_fk" FOREIGN KEY ("sample_id") REFERENCES "public"."samples"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lavages" ADD CONSTRAINT "lavages_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lavages" ADD CONSTRAINT "lavages_hospital_id_hospitals_id_fk" FOREIGN KEY ("hospital_id") REFERENCES "public"."hospitals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lavages" ADD CONSTRAINT "lavages_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_identifiers" ADD CONSTRAINT "patient_identifiers_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patients" ADD CONSTRAINT "patients_hospital_id_hospitals_id_fk" FOREIGN KEY ("hospital_id") REFERENCES "public"."hospitals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patients" ADD CONSTRAINT "patients_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "samples" ADD CONSTRAINT "samples_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "samples" ADD CONSTRAINT "samples_lavage_id_lavages_id_fk" FOREIGN KEY ("lavage_id") REFERENCES "public"."lavages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "samples" ADD CONSTRAINT "samples_slide_id_slides_id_fk" FOREIGN KEY ("slide_id") REFERENCES "public"."slides"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "samples" ADD CONSTRAINT "samples_uploader_id_users_id_fk" FOREIGN KEY ("uploader_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slides" ADD CONSTRAINT "slides_lavage_id_lavages_id_fk" FOREIGN KEY ("lavage_id") REFERENCES "public"."lavages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hospitals" ADD CONSTRAINT "hospitals_laboratory_id_laboratories_id_fk" FOREIGN KEY ("laboratory_id") REFERENCES "public"."laboratories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "laboratory_settings" ADD CONSTRAINT "laboratory_settings_laboratory_id_laboratories_id_fk" FOREIGN KEY ("laboratory_id") REFERENCES "public"."laboratories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "one_time_links" ADD CONSTRAINT "one_time_links_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "one_time_links" ADD CONSTRAINT "one_time_links_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "second_factors" ADD CONSTRAINT "second_factors_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_hospital_id_hospitals_id_fk" FOREIGN KEY ("hospital_id") REFERENCES "public"."hospitals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_laboratory_id_laboratories_id_fk" FOREIGN KEY ("laboratory_id") REFERENCES "public"."laboratories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_reading_id_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_annotations" ADD CONSTRAINT "patient_annotations_lavage_id_lavages_id_fk" FOREIGN KEY ("lavage_id") REFERENCES "public"."lavages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_annotations" ADD CONSTRAINT "patient_annotations_reading_id_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_annotations" ADD CONSTRAINT "patient_annotations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_annotations" ADD CONSTRAINT "patient_annotations_settings" FOREIGN KEY ("laboratory_id","settings_version") REFERENCES "public"."laboratory_settings"("laboratory_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reading_fields" ADD CONSTRAINT "reading_fields_reading_id_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reading_fields" ADD CONSTRAINT "reading_fields_sample_id_samples_id_fk" FOREIGN KEY ("sample_id") REFERENCES "public"."samples"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reading_fields" ADD CONSTRAINT "reading_fields_run_id_detection_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."detection_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readings" ADD CONSTRAINT "readings_lavage_id_lavages_id_fk" FOREIGN KEY ("lavage_id") REFERENCES "public"."lavages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readings" ADD CONSTRAINT "readings_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readings" ADD CONSTRAINT "readings_settings" FOREIGN KEY ("laboratory_id","settings_version") REFERENCES "public"."laboratory_settings"("laboratory_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_reading_id_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_counted_by_users_id_fk" FOREIGN KEY ("counted_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_signed_by_users_id_fk" FOREIGN KEY ("signed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sample_annotations" ADD CONSTRAINT "sample_annotations_reading_id_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sample_annotations" ADD CONSTRAINT "sample_annotations_sample_id_samples_id_fk" FOREIGN KEY ("sample_id") REFERENCES "public"."samples"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sample_annotations" ADD CONSTRAINT "sample_annotations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sample_annotations" ADD CONSTRAINT "sample_annotations_run_id_detection_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."detection_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "user_activity_log_user" ON "user_activity_log" USING btree ("user_id","at");--> statement-breakpoint
CREATE INDEX "user_activity_log_entity" ON "user_activity_log" USING btree ("entity_type","entity_id","at");--> statement-breakpoint
CREATE INDEX "user_activity_log_at" ON "user_activity_log" USING btree ("at");--> statement-breakpoint
CREATE INDEX "detection_runs_sample" ON "detection_runs" USING btree ("sample_id","created_at");--> statement-breakpoint
CREATE INDEX "lavages_patient" ON "lavages" USING btree ("patient_id");--> statement-breakpoint
CREATE INDEX "lavages_hospital" ON "lavages" USING btree ("hospital_id");--> statement-breakpoint
CREATE INDEX "patient_identifiers_patient" ON "patient_identifiers" USING btree ("patient_id");--> statement-breakpoint
CREATE INDEX "patients_hospital" ON "patients" USING btree ("hospital_id","created_at");--> statement-breakpoint
CREATE INDEX "patients_created_by" ON "patients" USING btree ("created_by","created_at");--> statement-breakpoint
CREATE INDEX "patients_created_at" ON "patients" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "requests_patient" ON "requests" USING btree ("patient_id");--> statement-breakpoint
CREATE INDEX "requests_accession" ON "requests" USING btree ("accession_number");--> statement-breakpoint
CREATE UNIQUE INDEX "samples_patient_sha256" ON "samples" USING btree ("patient_id","sha256") WHERE "samples"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "samples_lavage" ON "samples" USING btree ("lavage_id","created_at");--> statement-breakpoint
CREATE INDEX "samples_uploader" ON "samples" USING btree ("uploader_id","created_at");--> statement-breakpoint
CREATE INDEX "samples_status" ON "samples" USING btree ("inference_status","created_at");--> statement-breakpoint
CREATE INDEX "samples_created_at" ON "samples" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "slides_lavage" ON "slides" USING btree ("lavage_id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "users_hospital" ON "users" USING btree ("hospital_id");--> statement-breakpoint
CREATE INDEX "findings_reading" ON "findings" USING btree ("reading_id");--> statement-breakpoint
CREATE INDEX "patient_annotations_lavage" ON "patient_annotations" USING btree ("lavage_id");--> statement-breakpoint
CREATE INDEX "reading_fields_sample" ON "reading_fields" USING btree ("sample_id");--> statement-breakpoint
CREATE UNIQUE INDEX "readings_open" ON "readings" USING btree ("lavage_id","user_id") WHERE "readings"."status" = 'open';--> statement-breakpoint
CREATE INDEX "readings_lavage" ON "readings" USING btree ("lavage_id");--> statement-breakpoint
CREATE INDEX "sample_annotations_reading" ON "sample_annotations" USING btree ("reading_id","sample_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sample_annotations_detection" ON "sample_annotations" USING btree ("reading_id","sample_id","run_id","detection_index") WHERE "sample_annotations"."deleted_at" is null and "sample_annotations"."detection_index" is not null;