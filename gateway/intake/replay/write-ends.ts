/** What a batch of a replay came to, written at its end: records, receipts' counts, items, progress. */
import type { RecordEnd } from '../../../schemas/receipt.ts'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { recordRow, unknownRows } from '../entry.ts'
import { createPipeline } from '../pipeline.ts'
import { noteUnknownValues } from '../write-sql.ts'
import type { HeldRecord, Made } from './work.ts'

export interface ItemEnd {
  readonly position: number
  /** Undefined where the record is gone, or was not looked at. */
  readonly record: HeldRecord | undefined
  readonly made: Made
  /** Records that came into sight behind this one. */
  readonly unread: number
}

interface Ends {
  readonly replayId: string
  readonly mappingVersion: string
  readonly ends: readonly ItemEnd[]
}

/** In the transaction that did what it says. */
export async function writeEnds(tx: Tx, deps: Deps, { replayId, mappingVersion, ends }: Ends): Promise<void> {
  if (ends.length === 0) return
  const now = deps.now()
  const entries = ends.flatMap(({ made }) => made.entry ?? [])
  await moveCounts(tx, ends)
  const pipeline = createPipeline()
  pipeline.add(updateRecords(tx, entries.map(recordRow)))
  pipeline.add(noteUnknownValues(tx, unknownRows(entries)))
  const items = ends.map(({ position, made, unread }) => ({
    position,
    outcome: made.outcome,
    changes: unread === 0 ? made.changes : { ...made.changes, unread },
  }))
  pipeline.add(tx`
    update replay_items i set outcome = n.outcome, changes = n.changes, mapping_version = ${mappingVersion}, settled_at = ${now}
    from json_to_recordset(${JSON.stringify(items)}::text::json) as n(position int, outcome text, changes jsonb)
    where i.replay_id = ${replayId} and i.position = n.position`)
  const unread = ends.reduce((sum, end) => sum + end.unread, 0)
  pipeline.add(tx`
    update replays y set done = y.done + ${ends.length}, total = y.total + ${unread}, reason = null, started_at = coalesce(y.started_at, ${now}),
      counts = (
        select jsonb_object_agg(outcome, n) from (
          select outcome, sum(n)::int as n from (
            select key as outcome, value::int as n from jsonb_each_text(y.counts)
            union all select outcome, 1 from unnest(${items.map(({ outcome }) => outcome)}::text[]) as t(outcome)
          ) each group by outcome
        ) summed
      )
    where y.id = ${replayId}`)
  await pipeline.settled()
}

async function updateRecords(tx: Tx, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return
  await tx`
    update records r set "end" = n."end", reason = n.reason, external_id = n.external_id, report_id = n.report_id, version = n.version, identity = n.identity,
      mapping_version = n.mapping_version, blocked_by = n.blocked_by
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as n(id uuid, "end" text, reason jsonb, external_id text, report_id uuid, version int, identity text,
      mapping_version text, blocked_by text[])
    where r.id = n.id`
}

type Counts = Map<string, number>

const move = (counts: Counts, end: RecordEnd, by: number) => counts.set(end, (counts.get(end) ?? 0) + by)

/** How many records more or fewer each receipt has in each place. */
function movesOf(ends: readonly ItemEnd[]): Map<string, Counts> {
  const moves = new Map<string, Counts>()
  for (const { record, made, unread } of ends) {
    if (record === undefined || made.entry === undefined) continue
    const counts = moves.get(record.receipt_id) ?? new Map<string, number>()
    move(counts, record.end, -1)
    move(counts, made.entry.end, 1)
    move(counts, 'quarantined', unread)
    if ([...counts.values()].some((by) => by !== 0)) moves.set(record.receipt_id, counts)
    else moves.delete(record.receipt_id)
  }
  return moves
}

/** The receipts' counts say where their records are now: they add up in every commit. */
async function moveCounts(tx: Tx, ends: readonly ItemEnd[]): Promise<void> {
  const moves = movesOf(ends)
  if (moves.size === 0) return
  const receipts = await tx<{ id: string; counts: { [end: string]: number } }[]>`
    select id, counts from receipts where id = any(${[...moves.keys()]}::uuid[]) order by id for update`
  const rows = receipts.map(({ id, counts }) => {
    const moved = new Map(Object.entries(counts))
    for (const [end, by] of moves.get(id) ?? []) moved.set(end, (moved.get(end) ?? 0) + by)
    return { id, counts: Object.fromEntries([...moved].filter(([, count]) => count > 0)) }
  })
  await tx`
    update receipts t set counts = n.counts
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as n(id uuid, counts jsonb) where t.id = n.id`
}
