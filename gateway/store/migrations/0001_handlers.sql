ALTER TABLE "messages" ALTER COLUMN "report_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "party_id" uuid;--> statement-breakpoint
ALTER TABLE "parties" ADD COLUMN "unit_code" text;--> statement-breakpoint
ALTER TABLE "parties" ADD COLUMN "external_id" text;--> statement-breakpoint
CREATE UNIQUE INDEX "parties_case_handler" ON "parties" USING btree ("case_id","channel_id") WHERE report_id is null;--> statement-breakpoint
CREATE INDEX "parties_handler_number" ON "parties" USING btree ("channel_id","external_id") WHERE report_id is null;