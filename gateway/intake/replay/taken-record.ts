/** A record that is a report already: what the live version makes of it is a new version of that report, never another report. */
import type { Deps } from '../../deps.ts'
import { changesBetween } from '../../mapping/content-changes.ts'
import type { Tx } from '../../store/client.ts'
import type { Entry } from '../entry.ts'
import type { RecordDraft, ReportDraft } from '../prepare.ts'
import { supersededReason } from './open-record.ts'
import { addVersion, contentOf, readHeldReport, openContent, type HeldReport } from './versions.ts'
import type { HeldRecord, Made } from './work.ts'

/** Makes the record's entry, with the files that its report has. */
type MakeEntry = (fileIdOf?: (key: string) => string | undefined) => Entry

/** The caller holds the record's report. Adds a version where the content is another one now; what could not be taken any more changes nothing. */
export async function remakeReport(
  tx: Tx,
  deps: Deps,
  { record, makeEntry }: { record: HeldRecord; makeEntry: MakeEntry },
): Promise<Made> {
  const report = record.report_id === null ? undefined : await readHeldReport(tx, record.report_id)
  if (report === undefined)
    return failed('record.report-gone', 'The report of this record is not here any more.')
  if (report.record_id !== record.id) return { outcome: 'superseded', changes: { reason: supersededReason } }
  const former = contentOf(deps, report)
  if (former === undefined)
    return failed('record.erased', 'The content of this report was erased; it is not made again.')
  const ids = new Map(
    (former.attachments ?? []).flatMap(({ id, url, sha256 }) => {
      const key = url ?? sha256
      return id === undefined || key === undefined ? [] : [[key, id] as const]
    }),
  )
  const entry = makeEntry((key) => ids.get(key))
  if (entry.draft.kind !== 'report') return otherwise(entry.draft)
  const { report: draft } = entry.draft
  if (draft.contentHash === report.content_hash) return { outcome: 'unchanged', changes: {} }
  if (!(await takesNumber(tx, report, draft)))
    return { outcome: 'conflict', changes: { reason: numberTaken } }
  await addVersion(tx, deps, { entry, draft, report })
  Object.assign(entry, { end: record.end })
  return {
    outcome: 'version',
    entry,
    changes: {
      ...changesBetween(former, openContent(deps, draft.sealed)),
      report: report.id,
      version: report.version + 1,
    },
  }
}

/** What was said is not said again, and what was known is known. */
export function leaveAsItIs(record: HeldRecord, draft: RecordDraft): Made {
  if (draft.kind === 'filtered' || draft.kind === 'quarantined') return otherwise(draft)
  if (record.end === 'repeat') return { outcome: 'repeat', changes: {} }
  return draft.kind === 'message'
    ? { outcome: 'unchanged', changes: {} }
    : { outcome: 'conflict', changes: { reason: isMessage } }
}

const failed = (code: string, detail: string): Made => ({
  outcome: 'failed',
  changes: { reason: { code, detail } },
})

function otherwise(draft: RecordDraft): Made {
  if (draft.kind === 'filtered' || draft.kind === 'quarantined')
    return { outcome: 'kept', changes: { reason: draft.reason } }
  return { outcome: 'conflict', changes: { reason: isReport } }
}

const isReport = {
  code: 'record.is-report',
  detail:
    'The live version makes a message of what is a report already. The report stays. Look at the rules of the feed, or take the report out of its case by hand.',
}
const isMessage = {
  code: 'record.is-message',
  detail:
    'The live version makes a report of what was taken as a message already. The message stays. Have the source send the report anew, or type it in.',
}
const numberTaken = {
  code: 'record.number-taken',
  detail:
    'The live version gives this report a number that another report of the channel has. Nothing was changed. Look at externalId in the mapping.',
}

/** A report follows its record to another number where that is free. */
async function takesNumber(tx: Tx, report: HeldReport, draft: ReportDraft): Promise<boolean> {
  if (draft.externalId === report.external_id) return true
  const moved = await tx`
    update reports set external_id = ${draft.externalId} where id = ${report.id}
      and not exists (select 1 from reports where channel_id = ${report.channel_id} and external_id = ${draft.externalId}) returning 1`
  return moved.length === 1
}
