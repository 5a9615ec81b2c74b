CREATE TABLE "category_models" (
	"id" uuid PRIMARY KEY NOT NULL,
	"trained_at" timestamp with time zone NOT NULL,
	"source" text NOT NULL,
	"examples" integer NOT NULL,
	"macro_f1" real,
	"body" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "channel_alerts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" text NOT NULL,
	"kind" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"detail" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "channel_drafts" (
	"channel_id" text PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"edition" integer NOT NULL,
	"based_on" integer,
	"author" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"tried" jsonb
);
--> statement-breakpoint
CREATE TABLE "channel_hours" (
	"channel_id" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"records" integer NOT NULL,
	CONSTRAINT "channel_hours_channel_id_hour_pk" PRIMARY KEY("channel_id","hour")
);
--> statement-breakpoint
CREATE TABLE "channel_versions" (
	"channel_id" text NOT NULL,
	"number" integer NOT NULL,
	"text" text NOT NULL,
	"mapping_version" text NOT NULL,
	"state" text NOT NULL,
	"origin" text NOT NULL,
	"author" text NOT NULL,
	"note" text NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"retired_at" timestamp with time zone,
	"tried" jsonb,
	CONSTRAINT "channel_versions_channel_id_number_pk" PRIMARY KEY("channel_id","number")
);
--> statement-breakpoint
CREATE TABLE "replay_items" (
	"replay_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"record_id" uuid NOT NULL,
	"receipt_id" uuid NOT NULL,
	"outcome" text,
	"changes" jsonb,
	"mapping_version" text,
	"settled_at" timestamp with time zone,
	CONSTRAINT "replay_items_replay_id_position_pk" PRIMARY KEY("replay_id","position")
);
--> statement-breakpoint
CREATE TABLE "replays" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" text NOT NULL,
	"selection" jsonb NOT NULL,
	"state" text NOT NULL,
	"total" integer NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"counts" jsonb NOT NULL,
	"author" text NOT NULL,
	"note" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"reason" text
);
--> statement-breakpoint
DROP INDEX "reports_unlinked";--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "revision" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "file_sha256" text;--> statement-breakpoint
ALTER TABLE "records" ADD COLUMN "blocked_by" text[];--> statement-breakpoint
ALTER TABLE "unknown_values" ADD COLUMN "examples" uuid[];--> statement-breakpoint
ALTER TABLE "unknown_values" ADD COLUMN "settled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "unknown_values" ADD COLUMN "settled_by" text;--> statement-breakpoint
ALTER TABLE "unknown_values" ADD COLUMN "settled_as" text;--> statement-breakpoint
CREATE UNIQUE INDEX "channel_alerts_open" ON "channel_alerts" USING btree ("channel_id","kind") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "channel_alerts_raised" ON "channel_alerts" USING btree ("raised_at");--> statement-breakpoint
CREATE INDEX "replay_items_waiting" ON "replay_items" USING btree ("replay_id","position") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "replay_items_record" ON "replay_items" USING btree ("record_id");--> statement-breakpoint
CREATE INDEX "replays_running" ON "replays" USING btree ("created_at") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "records_quarantined" ON "records" USING btree ("channel_id","created_at") WHERE "end" = 'quarantined';--> statement-breakpoint
CREATE INDEX "reports_unlinked" ON "reports" USING btree ("received_at") WHERE case_id is null and linked_at is null;