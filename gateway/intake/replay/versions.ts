/** A report's versions, as replay reads and adds to them. */
import type { ReportContent } from '../../../schemas/report.ts'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import type { Entry } from '../entry.ts'
import type { ReportDraft } from '../prepare.ts'
import { versionRow } from '../write-reports.ts'
import { insertReportVersions } from '../write-sql.ts'
import type { HeldRecord } from './work.ts'

/** A report that is held until the commit, with what made its newest version. */
export interface HeldReport {
  readonly id: string
  readonly channel_id: string
  readonly external_id: string
  readonly version: number
  readonly rank: number
  readonly content_hash: string
  readonly record_id: string
  readonly data_key: Uint8Array | null
  readonly body: Uint8Array
  /** Where the record came in that made it; null where its row is gone. */
  readonly made_at: Date | null
  readonly made_receipt: string | null
  readonly made_index: number | null
}

/** A report whose row the caller holds. */
export async function readHeldReport(tx: Tx, id: string): Promise<HeldReport | undefined> {
  const [report] = await tx<HeldReport[]>`
    select p.id, p.channel_id, p.external_id, p.version, p.rank, p.content_hash, v.record_id, v.data_key, v.body,
      r.created_at as made_at, r.receipt_id as made_receipt, r.index as made_index
    from reports p join report_versions v on v.report_id = p.id and v.version = p.version left join records r on r.id = v.record_id
    where p.id = ${id}`
  return report
}

/** A report of that number, held first: its newest version is the newest only from then on. */
export async function holdReport(
  tx: Tx,
  { channelId, externalId }: { channelId: string; externalId: string },
): Promise<HeldReport | undefined> {
  const [held] = await tx<{ id: string }[]>`
    select id from reports where channel_id = ${channelId} and external_id = ${externalId} for update`
  return held === undefined ? undefined : await readHeldReport(tx, held.id)
}

/** Whether the newest version was made by a record that came in after this one. */
export function isMadeLater(report: HeldReport, record: HeldRecord): boolean {
  if (report.made_at === null || report.made_receipt === null || report.made_index === null) return true
  const apart = report.made_at.getTime() - record.created_at.getTime()
  if (apart !== 0) return apart > 0
  if (report.made_receipt !== record.receipt_id) return report.made_receipt > record.receipt_id
  return report.made_index > record.index
}

/** The newest version's content; undefined where it was erased. */
export function contentOf(deps: Pick<Deps, 'envelope'>, report: HeldReport): ReportContent | undefined {
  if (report.data_key === null) return undefined
  return openContent(deps, { dataKey: report.data_key, body: report.body })
}

/** The content of a sealed report. */
export const openContent = (
  deps: Pick<Deps, 'envelope'>,
  sealed: { dataKey: Uint8Array; body: Uint8Array },
): ReportContent => JSON.parse(deps.envelope.open(sealed).toString('utf8')) as ReportContent

/** Adds a version to a held report, and says so on the entry. Its time is that of the replay. */
export async function addVersion(
  tx: Tx,
  deps: Deps,
  { entry, draft, report }: { entry: Entry; draft: ReportDraft; report: HeldReport },
): Promise<void> {
  const ids = { id: report.id, version: report.version + 1 }
  const { feed } = entry.prepared.incoming
  // As `updateReports` of intake, but by primary key: for one row its join would read a small table whole.
  await tx`
    update reports set linked_at = case when case_id is not null then linked_at end, feed = ${feed.name}, rank = ${feed.rank}, version = ${ids.version},
      content_hash = ${draft.contentHash}, working = ${tx.json(draft.working)}, person_keys = ${draft.personKeys as string[]}, confidential = confidential or ${draft.confidential}, submitted_at = ${draft.submittedAt}
    where id = ${ids.id}`
  await insertReportVersions(tx, [{ ...versionRow(entry, draft, ids), created_at: deps.now() }])
  Object.assign(entry, { reportId: ids.id, version: ids.version, externalId: draft.externalId })
}
