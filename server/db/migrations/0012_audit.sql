CREATE TABLE "unsealed_activities" (
	"activity_id" uuid PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "emergency_accesses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"patient_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"reviewed_at" timestamp (3) with time zone,
	"reviewed_by" uuid
);
--> statement-breakpoint
ALTER TABLE "emergency_accesses" ADD CONSTRAINT "emergency_accesses_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "emergency_accesses" ADD CONSTRAINT "emergency_accesses_reviewed_by_users_id_fk" FOREIGN KEY ("reviewed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "emergency_accesses_user" ON "emergency_accesses" USING btree ("user_id","expires_at");--> statement-breakpoint
CREATE INDEX "emergency_accesses_created_at" ON "emergency_accesses" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "user_activity_log_type" ON "user_activity_log" USING btree ("activity_type","at");--> statement-breakpoint
INSERT INTO "unsealed_activities" SELECT "id" FROM "user_activity_log";
--> statement-breakpoint
-- The owner of the tables could take this away again; the application's role, which owns nothing, cannot.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER "user_activity_log_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "user_activity_log"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "activity_seals_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "activity_seals"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE FUNCTION "queue_for_sealing"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	INSERT INTO unsealed_activities (activity_id) SELECT id FROM added ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "user_activity_log_queue" AFTER INSERT ON "user_activity_log" REFERENCING NEW TABLE AS added
	FOR EACH STATEMENT EXECUTE FUNCTION "queue_for_sealing"();
--> statement-breakpoint
-- SHA-256 over the hash before it and every column of the entry.
CREATE FUNCTION "activity_hash"(previous text, sequence bigint, entry "user_activity_log") RETURNS text
	LANGUAGE sql STABLE AS $$
	SELECT encode(sha256(convert_to(previous || jsonb_build_array(
		sequence, entry.id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), entry.user_id,
		entry.activity_type, entry.description, entry.entity_type, entry.entity_id, entry.metadata,
		host(entry.address), entry.request_id)::text, 'UTF8')), 'hex')
$$;
--> statement-breakpoint
-- Chains up to that many entries, oldest first. Returns how many were waiting among them.
CREATE FUNCTION "seal_activities"(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	place bigint;
	previous text;
	entry user_activity_log;
	taken uuid[];
BEGIN
	-- One sealer at a time, among all processes.
	PERFORM pg_advisory_xact_lock(4217003);
	WITH chosen AS (
		DELETE FROM unsealed_activities WHERE activity_id IN (
			SELECT activity_id FROM unsealed_activities ORDER BY activity_id LIMIT most) RETURNING activity_id)
	SELECT array_agg(activity_id) INTO taken FROM chosen;
	SELECT s.sequence, s.hash INTO place, previous FROM activity_seals s ORDER BY s.sequence DESC LIMIT 1;
	place := coalesce(place, 0);
	previous := coalesce(previous, '');
	-- After a restore, entries wait that are in the chain already.
	FOR entry IN SELECT a.* FROM user_activity_log a
		WHERE a.id = ANY (taken) AND NOT EXISTS (SELECT FROM activity_seals s WHERE s.activity_id = a.id)
		ORDER BY a.id
	LOOP
		place := place + 1;
		previous := activity_hash(previous, place, entry);
		INSERT INTO activity_seals (sequence, activity_id, hash) OVERRIDING SYSTEM VALUE
			VALUES (place, entry.id, previous);
	END LOOP;
	RETURN coalesce(cardinality(taken), 0);
END $$;
