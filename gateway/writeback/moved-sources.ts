import { StateEventType } from '../../schemas/case.ts'
import type { Tx } from '../store/client.ts'
import {
  FORMER_PARTIES,
  isSaidAnew,
  MOVED_SOURCES,
  TOLD_OF_REPORTS,
  type MovedSource,
  type Told,
} from './moved.ts'
import type { GivenOut } from './give-out.ts'
import { query } from './query.ts'
import type { EventRow, PartyRow } from './rows.ts'

const heardTypes: readonly string[] = [...StateEventType.enum, 'merged']

/** Sources of the cases that a clerk moved there, by party; read only where an event pends that they could know already. */
export async function movedSourcesOf(
  tx: Tx,
  { cases, pending, parties }: GivenOut,
): Promise<ReadonlyMap<string, MovedSource>> {
  // An acceptance can be known to whoever came earlier; all else matters at the moment of coming only.
  const accepts = pending.some(({ type }) => type === 'registered')
  const comes = pending.some(
    ({ type, content }) => type === 'merged' || type === 'split' || isSaidAnew(content.reasonCode),
  )
  if (!accepts && !comes) return new Map()
  const sources = await query<{ id: string; report_id: string; joined_by: MovedSource['joined_by'] }>(
    tx,
    MOVED_SOURCES,
    [cases.map(({ id }) => id), accepts, parties.flatMap(({ report_id }) => report_id ?? [])],
  )
  if (sources.length === 0) return new Map()
  const rows = await query<Told & { report_id: string }>(tx, TOLD_OF_REPORTS, [
    sources.map(({ report_id }) => report_id),
    heardTypes,
  ])
  const toldOf = Map.groupBy(rows, ({ report_id }) => report_id)
  return new Map(
    sources.map(({ id, report_id, joined_by }) => [id, { joined_by, told: toldOf.get(report_id) ?? [] }]),
  )
}

/** Parties that left, with news of before, whose report stands elsewhere: that is not their news any more. */
export async function formerParties(
  tx: Tx,
  parties: readonly PartyRow[],
  pending: readonly EventRow[],
): Promise<ReadonlySet<string>> {
  const left = parties.filter(
    ({ left_at, case_id }) =>
      left_at !== null &&
      pending.some((event) => event.case_id === case_id && new Date(event.recorded_at) < new Date(left_at)),
  )
  if (left.length === 0) return new Set()
  const rows = await query<{ id: string }>(tx, FORMER_PARTIES, [left.map(({ id }) => id)])
  return new Set(rows.map(({ id }) => id))
}
