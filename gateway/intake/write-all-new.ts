/** The usual batch by the short way: every key free, every report new, nothing but reports. One statement, one commit. */
import { GATEWAY_ISSUER } from '../../schemas/primitives.ts'
import type { Deps } from '../deps.ts'
import { countsOf, entriesOf, keyOf, receiptRow, recordRow, type Entry } from './entry.ts'
import type { Prepared, ReportDraft } from './prepare.ts'
import { idempotencyRows, replayRows } from './take-keys.ts'
import { reportRow, versionRow } from './write-reports.ts'
import { insertAllNew, notAllNew, type NewRows } from './write-sql.ts'

/** Whether the short way is worth trying, by how it went lately: where repeats are many it is a way for nothing. */
export interface Odds {
  /** Null where it was not tried, or came to null. */
  trying<T>(way: () => Promise<T | null>): Promise<T | null>
}

const tooOften = 0.3
const tryEvery = 16

export function createOdds(): Odds {
  let misses = 0
  let passed = 0
  return {
    trying: async (way) => {
      passed += 1
      if (misses > tooOften && passed % tryEvery !== 0) return null
      const result = await way()
      misses = misses * 0.9 + (result === null ? 0.1 : 0)
      return result
    },
  }
}

/** What became of each record, by receipt; null, and nothing written, where the batch is not of the usual kind. */
export async function writeAllNew(
  deps: Deps,
  payloads: readonly Prepared[],
): Promise<ReadonlyMap<string, readonly Entry[]> | null> {
  if (!payloads.every(isUsual)) return null
  const incoming = payloads.map((prepared) => prepared.incoming)
  const keys = { replay: replayRows(incoming), idempotency: idempotencyRows(incoming, deps.now()) }
  if (keys.replay.length < incoming.filter(({ replay }) => replay !== undefined).length) return null
  if (keys.idempotency.length < incoming.filter(({ idempotency }) => idempotency !== undefined).length)
    return null
  const byReceipt = new Map(payloads.map((prepared) => [prepared.incoming.receiptId, entriesOf(prepared)]))
  const reports = reportsOf(deps, [...byReceipt.values()].flat())
  if (reports === null) return null
  const rows: NewRows = {
    replayKeys: keys.replay,
    idempotencyKeys: keys.idempotency,
    ...reports,
    records: [...byReceipt.values()].flat().map(recordRow),
    receipts: payloads.map((prepared) =>
      receiptRow(prepared, 'done', countsOf(byReceipt.get(prepared.incoming.receiptId) ?? [])),
    ),
  }
  return (await isWritten(deps, rows)) ? byReceipt : null
}

/** Nothing but reports without files, and records that ended before they came here. */
const isUsual = ({ incoming, records }: Prepared): boolean =>
  incoming.poll === undefined &&
  records.every(
    (record) =>
      record.unknown.length === 0 &&
      record.kind !== 'message' &&
      (record.kind !== 'report' || isPlain(record.report)),
  )

const isPlain = ({ files, working }: ReportDraft): boolean =>
  (files === undefined || files.length === 0) &&
  working.references?.some(({ issuer }) => issuer === GATEWAY_ISSUER) !== true

/** Null where two records of the batch are the same report. */
function reportsOf(deps: Deps, entries: readonly Entry[]): Pick<NewRows, 'reports' | 'versions'> | null {
  const seen = new Set<string>()
  const reports: object[] = []
  const versions: object[] = []
  for (const entry of entries) {
    if (entry.draft.kind !== 'report') continue
    const { report } = entry.draft
    const key = keyOf(entry.prepared.incoming.channel.id, report.externalId)
    if (seen.has(key)) return null
    seen.add(key)
    const ids = { id: deps.newId(), version: 1 }
    reports.push(reportRow(entry, report, ids))
    versions.push(versionRow(entry, report, ids))
    Object.assign(entry, { end: 'report', reportId: ids.id, version: 1, externalId: report.externalId })
  }
  return { reports, versions }
}

async function isWritten(deps: Deps, rows: NewRows): Promise<boolean> {
  try {
    await deps.db.once((sql) => insertAllNew(sql, rows))
    return true
  } catch (cause) {
    if ((cause as { code?: unknown }).code === notAllNew) return false
    throw cause
  }
}
