/** A record from quarantine, or one that a rule left out, gets its place: as at intake, but for what came in after it. */
import type { Deps } from '../../deps.ts'
import { changesBetween } from '../../mapping/content-changes.ts'
import type { Tx } from '../../store/client.ts'
import { recogniseEchoes } from '../echo.ts'
import type { Entry } from '../entry.ts'
import type { ReportDraft } from '../prepare.ts'
import { writeMessages } from '../write-messages.ts'
import { reportRow, versionRow } from '../write-reports.ts'
import { insertReports, insertReportVersions } from '../write-sql.ts'
import { addVersion, contentOf, holdReport, isMadeLater, openContent } from './versions.ts'
import type { HeldRecord, Made } from './work.ts'

/** Writes what the record is now. The entry says its end. */
export async function placeOpenRecord(
  tx: Tx,
  deps: Deps,
  { entry, record }: { entry: Entry; record: HeldRecord },
): Promise<Made> {
  await recogniseEchoes(tx, [entry])
  const { draft } = entry
  const told =
    draft.kind === 'report' ? await placeReport(tx, deps, { entry, record, draft: draft.report }) : {}
  if (draft.kind === 'message') await writeMessages(tx, deps, [entry], new Map())
  return {
    outcome: entry.reason?.code === supersededCode ? 'superseded' : entry.end,
    entry,
    changes: {
      ...told,
      was: record.end,
      ...(entry.reason === undefined ? {} : { reason: entry.reason }),
      ...(entry.reportId === undefined ? {} : { report: entry.reportId }),
      ...(entry.version === undefined ? {} : { version: entry.version }),
    },
  }
}

const supersededCode = 'record.superseded'

/** What a record says that came in too early to change its report. */
export const supersededReason = {
  code: supersededCode,
  detail:
    'A record that came in later tells this report already; what this one says differently is kept in its receipt.',
}

interface Placing {
  readonly entry: Entry
  readonly record: HeldRecord
  readonly draft: ReportDraft
}

async function placeReport(tx: Tx, deps: Deps, placing: Placing): Promise<Made['changes']> {
  const { entry, draft, record } = placing
  const ids = { id: deps.newId(), version: 1 }
  entry.externalId = draft.externalId
  const inserted = await insertReports(tx, [reportRow(entry, draft, ids)])
  if (inserted.has(ids.id)) {
    await insertReportVersions(tx, [versionRow(entry, draft, ids)])
    Object.assign(entry, { end: 'report', reportId: ids.id, version: 1 })
    return {}
  }
  const { channel, feed } = entry.prepared.incoming
  const report = await holdReport(tx, { channelId: channel.id, externalId: draft.externalId })
  // Another number was given to it just now: the one it had is free.
  if (report === undefined) return await placeReport(tx, deps, placing)
  const repeats = { end: 'repeat', reportId: report.id, version: report.version } as const
  if (report.content_hash === draft.contentHash) Object.assign(entry, repeats)
  else if (feed.rank < report.rank) Object.assign(entry, { ...repeats, reason: lowerRank })
  else if (isMadeLater(report, record)) Object.assign(entry, { ...repeats, reason: supersededReason })
  else {
    await addVersion(tx, deps, { entry, draft, report })
    entry.end = 'version'
    const former = contentOf(deps, report)
    return former === undefined ? {} : changesBetween(former, openContent(deps, draft.sealed))
  }
  return {}
}

const lowerRank = {
  code: 'record.lower-rank',
  detail:
    'A feed of higher rank told this report already; what this one says differently is kept in its receipt.',
}
