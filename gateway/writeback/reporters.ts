/** Whom an answer goes to, for channels that can only answer the person. */
import type { Reporter, ReportContent } from '../../schemas/report.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { query } from './query.ts'
import type { PartyRow } from './rows.ts'

/** The newest version of reports. Indexes: reports by primary key, report_versions by the start of its primary key. */
export const NEWEST_VERSIONS = `
  select r.id, v.data_key, v.body from reports r join report_versions v on v.report_id = r.id and v.version = r.version
  where r.id = any($1::uuid[])`

interface VersionRow {
  readonly id: string
  readonly data_key: Uint8Array | null
  readonly body: Uint8Array
}

/**
 * Reporters by report, opened only for sources of channels whose mapping writes to them: a mailbox answers its own
 * correspondent, also one whom nobody else may know. What is erased or cannot be opened is missing, which blocks the delivery.
 */
export async function reportersOf(
  tx: Tx,
  deps: Deps,
  parties: readonly PartyRow[],
): Promise<ReadonlyMap<string, Reporter>> {
  const wanted = parties.flatMap(({ kind, channel_id, report_id }) =>
    kind === 'source' &&
    report_id !== null &&
    deps.catalog.find(channel_id)?.mapping.reverse.readsReporter === true
      ? [report_id]
      : [],
  )
  if (wanted.length === 0) return new Map()
  const rows = await query<VersionRow>(tx, NEWEST_VERSIONS, [wanted])
  return new Map(
    rows.flatMap((row) => {
      const reporter = reporterIn(deps, row)
      return reporter === undefined ? [] : [[row.id, reporter] as const]
    }),
  )
}

function reporterIn({ envelope }: Deps, { data_key, body }: VersionRow): Reporter | undefined {
  try {
    const content = JSON.parse(envelope.open({ dataKey: data_key, body }).toString()) as ReportContent
    return content.reporter
  } catch {
    return undefined
  }
}
