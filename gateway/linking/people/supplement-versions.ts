/** What a newer version of a report says that its case did not know is handed on like the facts of a further report. */
import type { Deps } from '../../deps.ts'
import { insertCaseEvents } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import type { ReportRow } from '../candidates.ts'
import type { HeldCase } from './linked.ts'
import { ownEvent } from './own-event.ts'
import { supplement, supplementedEvent } from './supplement.ts'

/** A report that has a newer version than `keyed_version`, the one that linking knows; 0 where it never knew one. */
type Renewed = Pick<ReportRow, 'id' | 'version' | 'working' | 'confidential'> & {
  readonly case_id: string
  readonly keyed_version: number
}

const isNewer = ({ keyed_version }: Renewed) => keyed_version > 0

/** Holds the cases that the newer versions may add to, before their reports are held. */
export async function holdCasesOf(tx: Tx, rows: readonly Renewed[]): Promise<ReadonlyMap<string, HeldCase>> {
  const ids = [...new Set(rows.flatMap((row) => (isNewer(row) ? [row.case_id] : [])))]
  if (ids.length === 0) return new Map()
  const cases = await tx<HeldCase[]>`
    select id, chain_id, state, sequence, category, location, tags, closed_at from cases
    where id = any(${ids}::uuid[]) and merged_into is null order by id for update`
  return new Map(cases.flatMap((held) => (held.state === 'closed' ? [] : [[held.id, held]])))
}

/** Files that came with versions newer than the known one. By report_versions' key and files_report. */
const filesOfVersions = `
  select f.id from json_to_recordset($1::text::json) as w(id uuid, known int)
  join report_versions v on v.report_id = w.id and v.version > w.known
  join files f on f.report_id = w.id and f.record_id = v.record_id`

/** `caseOf`: where the reports stand now. A report that a clerk moved meanwhile adds nothing. How many events were appended. */
export async function supplementVersions(
  tx: Tx,
  deps: Deps,
  {
    rows,
    caseOf,
    cases,
  }: {
    rows: readonly Renewed[]
    caseOf: ReadonlyMap<string, string>
    cases: ReadonlyMap<string, HeldCase>
  },
): Promise<number> {
  const newer = rows.filter((row) => isNewer(row) && cases.has(caseOf.get(row.id) ?? ''))
  if (newer.length === 0) return 0
  const wanted = newer.map(({ id, keyed_version }) => ({ id, known: keyed_version }))
  const files = await tx.unsafe<{ id: string }[]>(filesOfVersions, [JSON.stringify(wanted)])
  const fresh = new Set(files.map(({ id }) => id))
  const said = newer.map(({ working, ...row }) => ({
    row: {
      ...row,
      working: {
        ...working,
        attachments: working.attachments?.filter(({ id }) => fresh.has(id ?? '')) ?? [],
      },
    },
    caseId: caseOf.get(row.id) ?? row.case_id,
    elsewhere: false,
    version: row.version,
  }))
  const made = await supplement(tx, said, cases)
  const events = made.flatMap((one) => {
    const held = cases.get(one.caseId)
    return held === undefined ? [] : [ownEvent(deps, held, supplementedEvent(one))]
  })
  await insertCaseEvents(tx, events)
  const sequences = [...cases.values()].map(({ id, sequence }) => ({ id, sequence }))
  await tx`
    update cases c set sequence = r.sequence from json_to_recordset(${JSON.stringify(sequences)}::text::json) as r(id uuid, sequence int)
    where c.id = r.id and c.sequence < r.sequence`
  return events.length
}
