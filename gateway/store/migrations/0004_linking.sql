CREATE TABLE "case_holds" (
	"case_id" uuid PRIMARY KEY NOT NULL,
	"until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "case_moves" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"from_case_id" uuid NOT NULL,
	"to_case_id" uuid NOT NULL,
	"reports" uuid[] NOT NULL,
	"before" jsonb NOT NULL,
	"caller" text NOT NULL,
	"event_id" text NOT NULL,
	"decided_by" text NOT NULL,
	"reason" text,
	"at" timestamp with time zone NOT NULL,
	"undone_by" uuid,
	CONSTRAINT "case_moves_caller" UNIQUE("from_case_id","caller","event_id")
);
--> statement-breakpoint
CREATE TABLE "case_people" (
	"case_id" uuid NOT NULL,
	"person_key" text NOT NULL,
	"reports" integer NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "case_people_case_id_person_key_pk" PRIMARY KEY("case_id","person_key")
);
--> statement-breakpoint
CREATE TABLE "link_counts" (
	"name" text PRIMARY KEY NOT NULL,
	"reports" bigint NOT NULL,
	"body" "bytea" NOT NULL,
	"kept_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "link_models" (
	"version" text PRIMARY KEY NOT NULL,
	"parameters" jsonb NOT NULL,
	"figures" jsonb NOT NULL,
	"author" text NOT NULL,
	"note" text NOT NULL,
	"trained_at" timestamp with time zone NOT NULL,
	"used_from" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "link_verdict_sides" (
	"verdict_id" uuid NOT NULL,
	"side" integer NOT NULL,
	"report_id" uuid NOT NULL,
	CONSTRAINT "link_verdict_sides_verdict_id_side_report_id_pk" PRIMARY KEY("verdict_id","side","report_id")
);
--> statement-breakpoint
CREATE TABLE "link_verdicts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"verdict" text NOT NULL,
	"decided_by" text NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"origin" text NOT NULL,
	"match_id" uuid,
	"move_id" uuid,
	"reason" text,
	"undone_at" timestamp with time zone,
	"undone_by" text
);
--> statement-breakpoint
CREATE TABLE "place_names" (
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"reports" integer NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "place_names_kind_name_pk" PRIMARY KEY("kind","name")
);
--> statement-breakpoint
CREATE TABLE "topic_cases" (
	"case_id" uuid NOT NULL,
	"topic_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "topic_cases_case_id_topic_id_pk" PRIMARY KEY("case_id","topic_id")
);
--> statement-breakpoint
CREATE TABLE "topic_days" (
	"topic_id" uuid NOT NULL,
	"day" date NOT NULL,
	"reports" integer NOT NULL,
	"people" integer NOT NULL,
	"channels" text[] NOT NULL,
	CONSTRAINT "topic_days_topic_id_day_pk" PRIMARY KEY("topic_id","day")
);
--> statement-breakpoint
CREATE TABLE "topic_warnings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"topic_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"figures" jsonb NOT NULL,
	"acknowledged_by" text
);
--> statement-breakpoint
CREATE TABLE "topics" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"category" text,
	"area" text,
	"name" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "topics_key" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "umbrellas" (
	"case_id" uuid PRIMARY KEY NOT NULL,
	"rule" jsonb NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"opened_by" text NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_by" text
);
--> statement-breakpoint
DROP INDEX "matches_review";--> statement-breakpoint
DROP INDEX "reports_case";--> statement-breakpoint
ALTER TABLE "case_events" ALTER COLUMN "xid" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "merged_into" uuid;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "matches" ADD COLUMN "worth" real;--> statement-breakpoint
ALTER TABLE "matches" ADD COLUMN "later_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "matches" ADD COLUMN "later_by" text;--> statement-breakpoint
ALTER TABLE "matches" ADD COLUMN "settled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "matches" ADD COLUMN "verdict_id" uuid;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "keyed_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "reading" jsonb;--> statement-breakpoint
CREATE INDEX "case_holds_until" ON "case_holds" USING btree ("until") WHERE until is not null;--> statement-breakpoint
CREATE INDEX "case_moves_to" ON "case_moves" USING btree ("to_case_id");--> statement-breakpoint
CREATE INDEX "link_verdict_sides_report" ON "link_verdict_sides" USING btree ("report_id");--> statement-breakpoint
CREATE INDEX "link_verdicts_decided" ON "link_verdicts" USING btree ("decided_at");--> statement-breakpoint
CREATE INDEX "topic_cases_topic" ON "topic_cases" USING btree ("topic_id","at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "topic_warnings_open" ON "topic_warnings" USING btree ("topic_id","kind") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "topic_warnings_raised" ON "topic_warnings" USING btree ("raised_at");--> statement-breakpoint
CREATE INDEX "topics_last" ON "topics" USING btree ("last_at");--> statement-breakpoint
CREATE INDEX "umbrellas_open" ON "umbrellas" USING btree ("until") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "cases_merged_into" ON "cases" USING btree ("merged_into") WHERE merged_into is not null;--> statement-breakpoint
CREATE INDEX "reports_unkeyed" ON "reports" USING btree ("id") WHERE case_id is not null and keyed_version < version;--> statement-breakpoint
CREATE INDEX "matches_review" ON "matches" USING btree ("worth" DESC NULLS LAST,"decided_at","id") WHERE decision = 'review' and settled_at is null;--> statement-breakpoint
CREATE INDEX "reports_case" ON "reports" USING btree ("case_id","received_at" DESC NULLS LAST) WHERE case_id is not null;--> statement-breakpoint
-- What waits for a clerk is asked for by its worth. Keys of what was linked before are made anew in the background.
UPDATE "matches" SET "worth" = 1 - abs("probability" - 0.5) * 2 WHERE "decision" = 'review';--> statement-breakpoint
-- People of cases that were opened before are counted in the background, from the first case on.
INSERT INTO "facts" ("name", "value") SELECT 'case-people-from', '00000000-0000-0000-0000-000000000000' WHERE EXISTS (SELECT 1 FROM "cases");
