CREATE TABLE "accesses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"principal" text NOT NULL,
	"subject" text NOT NULL,
	"case_id" uuid,
	"report_id" uuid,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "assignments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"case_id" uuid NOT NULL,
	"unit_code" text NOT NULL,
	"role" text NOT NULL,
	"state" text NOT NULL,
	"time_limit" jsonb,
	"due_at" timestamp with time zone,
	"dispatched_at" timestamp with time zone NOT NULL,
	"signed_at" timestamp with time zone,
	"resolved_at" timestamp with time zone,
	"returned_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "case_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"case_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"type" text NOT NULL,
	"caller" text NOT NULL,
	"event_id" text NOT NULL,
	"content_hash" text NOT NULL,
	"actor" jsonb NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"state_after" text NOT NULL,
	"content" jsonb NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"position" bigserial NOT NULL,
	"fanned_out_at" timestamp with time zone,
	CONSTRAINT "case_events_sequence" UNIQUE("case_id","sequence"),
	CONSTRAINT "case_events_caller" UNIQUE("case_id","caller","event_id")
);
--> statement-breakpoint
CREATE TABLE "case_numbers" (
	"day" date PRIMARY KEY NOT NULL,
	"last" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"chain_id" uuid NOT NULL,
	"predecessor_id" uuid,
	"flow" text,
	"state" text NOT NULL,
	"state_before" text,
	"sequence" integer NOT NULL,
	"kind" text NOT NULL,
	"category" text,
	"title" text,
	"text" text NOT NULL,
	"location" jsonb,
	"urgency" text NOT NULL,
	"sensitive" boolean NOT NULL,
	"confidential" boolean NOT NULL,
	"tags" text[] NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "cases_number" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "channels" (
	"id" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"state" text NOT NULL,
	"file" jsonb NOT NULL,
	"mapping_version" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"party_id" uuid NOT NULL,
	"case_id" uuid NOT NULL,
	"channel_id" text NOT NULL,
	"report_id" uuid,
	"case_event_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"event_type" text NOT NULL,
	"state_after" text NOT NULL,
	"class" text NOT NULL,
	"state" text NOT NULL,
	"request" text,
	"code" text,
	"mapping_version" text NOT NULL,
	"data_key" "bytea",
	"body" "bytea",
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"claim_token" uuid,
	"may_be_taken" boolean DEFAULT false NOT NULL,
	"reason" text,
	"partner_reference" text,
	"settled_by" text,
	"created_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"position" bigserial NOT NULL,
	CONSTRAINT "deliveries_event_party" UNIQUE("case_event_id","party_id","event_type")
);
--> statement-breakpoint
CREATE TABLE "delivery_attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"delivery_id" uuid NOT NULL,
	"try" integer NOT NULL,
	"kind" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"outcome" text,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "facts" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"channel_id" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"receipt_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_channel_id_key_pk" PRIMARY KEY("channel_id","key")
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"token" bigint NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "link_keys" (
	"hash" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"report_id" uuid NOT NULL,
	"case_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mapping_versions" (
	"id" text PRIMARY KEY NOT NULL,
	"channel_id" text NOT NULL,
	"platform" text NOT NULL,
	"definition" jsonb NOT NULL,
	"author" text NOT NULL,
	"note" text NOT NULL,
	"published_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "matches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"report_id" uuid NOT NULL,
	"case_id" uuid NOT NULL,
	"score" real NOT NULL,
	"probability" real NOT NULL,
	"decision" text NOT NULL,
	"decided_by" text NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"model" text NOT NULL,
	"parts" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" text NOT NULL,
	"report_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"identity" text NOT NULL,
	"record_id" uuid NOT NULL,
	"mapping_version" text NOT NULL,
	"content_hash" text NOT NULL,
	"working" jsonb NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"data_key" "bytea",
	"body" "bytea" NOT NULL,
	"appended_at" timestamp with time zone,
	CONSTRAINT "messages_identity" UNIQUE("channel_id","kind","identity")
);
--> statement-breakpoint
CREATE TABLE "parties" (
	"id" uuid PRIMARY KEY NOT NULL,
	"case_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"channel_id" text NOT NULL,
	"report_id" uuid,
	"joined_sequence" integer NOT NULL,
	"joined_at" timestamp with time zone NOT NULL,
	"left_at" timestamp with time zone,
	CONSTRAINT "parties_case_report" UNIQUE("case_id","report_id")
);
--> statement-breakpoint
CREATE TABLE "polls" (
	"channel_id" text NOT NULL,
	"feed" text NOT NULL,
	"cursor" jsonb,
	"due_at" timestamp with time zone NOT NULL,
	"token" bigint DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"last_ok_at" timestamp with time zone,
	"last_error" text,
	CONSTRAINT "polls_channel_id_feed_pk" PRIMARY KEY("channel_id","feed")
);
--> statement-breakpoint
CREATE TABLE "receipt_bodies" (
	"receipt_id" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"data_key" "bytea",
	"body" "bytea" NOT NULL,
	CONSTRAINT "receipt_bodies_receipt_id_received_at_pk" PRIMARY KEY("receipt_id","received_at")
) PARTITION BY RANGE ("received_at");
--> statement-breakpoint
CREATE TABLE "receipt_bodies_rest" PARTITION OF "receipt_bodies" DEFAULT;
--> statement-breakpoint
ALTER TABLE "receipt_bodies_rest" ALTER COLUMN "body" SET STORAGE EXTERNAL;
--> statement-breakpoint
ALTER TABLE "receipt_bodies" ALTER COLUMN "body" SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE TABLE "receipts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" text NOT NULL,
	"feed" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"principal" text NOT NULL,
	"content_type" text,
	"method" text NOT NULL,
	"bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"state" text NOT NULL,
	"counts" jsonb NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "records" (
	"id" uuid PRIMARY KEY NOT NULL,
	"receipt_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"position" text NOT NULL,
	"channel_id" text NOT NULL,
	"feed" text NOT NULL,
	"identity" text,
	"end" text NOT NULL,
	"reason" jsonb,
	"external_id" text,
	"report_id" uuid,
	"version" integer,
	"mapping_version" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "records_receipt_index" UNIQUE("receipt_id","index")
);
--> statement-breakpoint
CREATE TABLE "replay_keys" (
	"channel_id" text NOT NULL,
	"key" text NOT NULL,
	"receipt_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "replay_keys_channel_id_key_pk" PRIMARY KEY("channel_id","key")
);
--> statement-breakpoint
CREATE TABLE "report_versions" (
	"report_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"record_id" uuid NOT NULL,
	"mapping_version" text NOT NULL,
	"feed" text NOT NULL,
	"content_hash" text NOT NULL,
	"data_key" "bytea",
	"body" "bytea" NOT NULL,
	CONSTRAINT "report_versions_report_id_version_created_at_pk" PRIMARY KEY("report_id","version","created_at")
) PARTITION BY RANGE ("created_at");
--> statement-breakpoint
CREATE TABLE "report_versions_rest" PARTITION OF "report_versions" DEFAULT;
--> statement-breakpoint
ALTER TABLE "report_versions_rest" ALTER COLUMN "body" SET STORAGE EXTERNAL;
--> statement-breakpoint
ALTER TABLE "report_versions" ALTER COLUMN "body" SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE TABLE "reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" text NOT NULL,
	"external_id" text NOT NULL,
	"feed" text NOT NULL,
	"rank" integer NOT NULL,
	"version" integer NOT NULL,
	"content_hash" text NOT NULL,
	"working" jsonb NOT NULL,
	"person_keys" text[] NOT NULL,
	"confidential" boolean NOT NULL,
	"submitted_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"case_id" uuid,
	"linked_at" timestamp with time zone,
	"told_version" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "reports_channel_external" UNIQUE("channel_id","external_id")
);
--> statement-breakpoint
CREATE TABLE "unknown_values" (
	"channel_id" text NOT NULL,
	"table_name" text NOT NULL,
	"value" text NOT NULL,
	"count" integer NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"record_id" uuid NOT NULL,
	CONSTRAINT "unknown_values_channel_id_table_name_value_pk" PRIMARY KEY("channel_id","table_name","value")
);
--> statement-breakpoint
CREATE INDEX "accesses_case" ON "accesses" USING btree ("case_id");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "assignments_case" ON "assignments" USING btree ("case_id");--> statement-breakpoint
CREATE UNIQUE INDEX "assignments_open_unit" ON "assignments" USING btree ("case_id","unit_code") WHERE state not in ('returned', 'withdrawn', 'resolved');--> statement-breakpoint
CREATE INDEX "case_events_cursor" ON "case_events" USING btree ("xid","position");--> statement-breakpoint
CREATE INDEX "case_events_to_fan_out" ON "case_events" USING btree ("case_id") WHERE fanned_out_at is null;--> statement-breakpoint
CREATE INDEX "cases_chain" ON "cases" USING btree ("chain_id");--> statement-breakpoint
CREATE INDEX "cases_opened" ON "cases" USING btree ("opened_at");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("due_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "deliveries_claimed" ON "deliveries" USING btree ("lease_until") WHERE state = 'claimed';--> statement-breakpoint
CREATE INDEX "deliveries_open_of_party" ON "deliveries" USING btree ("party_id","sequence") WHERE state in ('waiting', 'claimed', 'blocked', 'uncertain', 'task');--> statement-breakpoint
CREATE INDEX "deliveries_channel" ON "deliveries" USING btree ("channel_id","xid","position");--> statement-breakpoint
CREATE INDEX "deliveries_state" ON "deliveries" USING btree ("state","created_at") WHERE state in ('blocked', 'uncertain', 'task', 'dead');--> statement-breakpoint
CREATE INDEX "deliveries_case" ON "deliveries" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "delivery_attempts_delivery" ON "delivery_attempts" USING btree ("delivery_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_expiry" ON "idempotency_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "link_keys_newest" ON "link_keys" USING btree ("hash","at" DESC NULLS LAST,"case_id");--> statement-breakpoint
CREATE INDEX "link_keys_report" ON "link_keys" USING btree ("report_id");--> statement-breakpoint
CREATE INDEX "matches_report" ON "matches" USING btree ("report_id");--> statement-breakpoint
CREATE INDEX "matches_case" ON "matches" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "matches_review" ON "matches" USING btree ("decided_at") WHERE decision = 'review';--> statement-breakpoint
CREATE INDEX "messages_report" ON "messages" USING btree ("report_id");--> statement-breakpoint
CREATE INDEX "messages_unappended" ON "messages" USING btree ("received_at") WHERE appended_at is null;--> statement-breakpoint
CREATE INDEX "parties_report" ON "parties" USING btree ("report_id");--> statement-breakpoint
CREATE INDEX "polls_due" ON "polls" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "receipts_channel_received" ON "receipts" USING btree ("channel_id","received_at");--> statement-breakpoint
CREATE INDEX "receipts_unworked" ON "receipts" USING btree ("received_at") WHERE state = 'stored';--> statement-breakpoint
CREATE INDEX "records_channel_end" ON "records" USING btree ("channel_id","end","created_at");--> statement-breakpoint
CREATE INDEX "records_report" ON "records" USING btree ("report_id");--> statement-breakpoint
CREATE INDEX "replay_keys_expiry" ON "replay_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "reports_unlinked" ON "reports" USING btree ("received_at") WHERE case_id is null;--> statement-breakpoint
CREATE INDEX "reports_untold" ON "reports" USING btree ("id") WHERE case_id is not null and told_version < version;--> statement-breakpoint
CREATE INDEX "reports_case" ON "reports" USING btree ("case_id") WHERE case_id is not null;