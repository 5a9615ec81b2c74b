/** Publishing and replaying in a house, and what stands in its tables then. */
import { stringify } from 'yaml'
import { publishText } from '../../gateway/catalog/publish.ts'
import type { MadeChanges } from '../../gateway/intake/replay/work.ts'
import { readReplay } from '../../gateway/intake/replay/read.ts'
import { startReplay, type ReplayRequest } from '../../gateway/intake/replay/start.ts'
import type { RecordEnd, RecordReason } from '../../schemas/receipt.ts'
import type { Replay, ReplayOutcome } from '../../schemas/replay.ts'
import { until, type House } from './house.ts'

/** Makes a channel file the channel's next version, as an admin's publishing does. */
export async function publish(house: House, file: object): Promise<void> {
  const { channel } = file as { channel: string }
  const version = { channel, text: stringify(file), by: 'C-01', note: 'test', origin: 'draft' as const }
  await publishText(house.gateway.deps, version)
}

/** Starts a replay and waits for its end. */
export async function replay(house: House, request: Omit<ReplayRequest, 'by'>): Promise<Replay> {
  const started = await startReplay(house.gateway.deps, { by: 'C-01', ...request })
  return await ended(house, started.id)
}

export async function ended(house: House, id: string): Promise<Replay> {
  return await until('the replay is done', async () => {
    const found = await readReplay(house.gateway.deps, id)
    return found.state === 'done' && found
  })
}

interface Item {
  readonly position: number
  readonly record_id: string
  readonly outcome: ReplayOutcome | null
  readonly changes: MadeChanges | null
}

export async function itemsOf(house: House, { id }: { id: string }): Promise<Item[]> {
  const rows = await house.gateway.deps.db.sql<Item[]>`
    select position, record_id, outcome, changes from replay_items where replay_id = ${id} order by position`
  return [...rows]
}

interface RecordRow {
  readonly id: string
  readonly end: RecordEnd
  readonly reason: RecordReason | null
  readonly external_id: string | null
  readonly report_id: string | null
  readonly version: number | null
  readonly mapping_version: string | null
  readonly blocked_by: string[] | null
}

export async function recordsOf(house: House, receipt: string): Promise<RecordRow[]> {
  const rows = await house.gateway.deps.db.sql<RecordRow[]>`
    select id, "end", reason, external_id, report_id, version, mapping_version, blocked_by from records where receipt_id = ${receipt} order by index`
  return [...rows]
}

/** Receipts whose counts do not say where their records are. */
export async function unevenReceipts(house: House): Promise<string[]> {
  const rows = await house.gateway.deps.db.sql<{ id: string }[]>`
    select t.id from receipts t where t.counts is distinct from
      coalesce((select jsonb_object_agg(e."end", e.n) from (select "end", count(*)::int as n from records r where r.receipt_id = t.id group by 1) e), '{}')`
  return rows.map(({ id }) => id)
}
