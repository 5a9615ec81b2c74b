CREATE TABLE "file_bodies" (
	"file_id" uuid PRIMARY KEY NOT NULL,
	"data_key" "bytea",
	"body" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "file_bodies" ALTER COLUMN "body" SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE TABLE "files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" text NOT NULL,
	"feed" text NOT NULL,
	"report_id" uuid,
	"message_id" uuid,
	"record_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"state" text NOT NULL,
	"source_key" "bytea",
	"source" "bytea",
	"media_type" text,
	"bytes" integer,
	"sha256" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"claim_token" uuid,
	"reason" text,
	"created_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "accesses" ADD COLUMN "file_id" uuid;--> statement-breakpoint
CREATE INDEX "files_waiting" ON "files" USING btree ("channel_id","due_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "files_report" ON "files" USING btree ("report_id");