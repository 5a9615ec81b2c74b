/**
 * Some records of a replay in one transaction: what became of each, its effect and the counts are committed together. One
 * record a transaction costs four times as much.
 */
import type { RecordEnd } from '../../../schemas/receipt.ts'
import type { ReplayOutcome } from '../../../schemas/replay.ts'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { entryOf, type Entry } from '../entry.ts'
import { writeFiles, type WrittenFile } from '../files/write-files.ts'
import { draftOf, undecoded } from '../prepare.ts'
import { placeOpenRecord } from './open-record.ts'
import { leaveAsItIs, remakeReport } from './taken-record.ts'
import { addUnread } from './unread.ts'
import { isOpen, type Group, type HeldRecord, type Made } from './work.ts'
import { writeEnds, type ItemEnd } from './write-ends.ts'

/** One item, with the payload that its record lies in. */
export interface Task {
  readonly position: number
  readonly group: Group
}

/** An item that cannot be worked, and why. */
export interface LostTask {
  readonly position: number
  readonly code: string
  readonly detail: string
}

export type Settled =
  | {
      readonly kind: 'settled'
      readonly outcomes: readonly ReplayOutcome[]
      /** Where records ended that are in another place now. */
      readonly ends: readonly RecordEnd[]
      readonly files: readonly WrittenFile[]
    }
  /** Paused, cancelled, or done. */
  | { readonly kind: 'halted' }
  /** This process does not run what is published. */
  | { readonly kind: 'outdated' }

interface Batch {
  readonly replayId: string
  readonly mappingVersion: string
}

/** Works items in their order; those that another process worked are left out. Rejects as a whole where the database does. */
export async function settleBatch(deps: Deps, batch: Batch, tasks: readonly Task[]): Promise<Settled> {
  return await deps.db.transaction(
    async (tx) => {
      const held = await holdItems(tx, batch, tasks)
      if (held.kind !== 'held') return held
      const ends: ItemEnd[] = []
      for (const { item: task, record } of held.items)
        ends.push(await settleOne(tx, deps, { batch, task, record }))
      const entries = ends.flatMap(({ made }) => made.entry ?? [])
      const files = await writeFiles(tx, deps, entries)
      await writeEnds(tx, deps, { ...batch, ends })
      return {
        kind: 'settled',
        outcomes: ends.map(({ made }) => made.outcome),
        ends: entries.map(({ end }) => end),
        files,
      }
    },
    { deadlineMs: 60_000 },
  )
}

/** Says of items why they cannot be worked: their records stay as they are. */
export async function loseItems(deps: Deps, batch: Batch, lost: readonly LostTask[]): Promise<Settled> {
  return await deps.db.transaction(async (tx) => {
    const held = await holdItems(tx, batch, lost)
    if (held.kind !== 'held') return held
    const ends = held.items.map(({ item: { position, code, detail } }): ItemEnd => ({
      position,
      record: undefined,
      made: { outcome: 'failed', changes: { reason: { code, detail: detail.slice(0, 2000) } } },
      unread: 0,
    }))
    await writeEnds(tx, deps, { ...batch, ends })
    return { kind: 'settled', outcomes: ends.map(() => 'failed' as const), ends: [], files: [] }
  })
}

type Held<Item> =
  | {
      readonly kind: 'held'
      readonly items: readonly { readonly item: Item; readonly record: HeldRecord | undefined }[]
    }
  | { readonly kind: 'halted' }
  | { readonly kind: 'outdated' }

/**
 * Holds the replay, so that one process works it at a time and a pause comes between two batches. Then the records and the
 * reports that they made, in the order of their ids, as everybody locks reports.
 */
async function holdItems<Item extends { readonly position: number }>(
  tx: Tx,
  { replayId, mappingVersion }: Batch,
  items: readonly Item[],
): Promise<Held<Item>> {
  const [replay] = await tx<{ mapping_version: string }[]>`
    select c.mapping_version from replays y join channels c on c.id = y.channel_id
    where y.id = ${replayId} and y.state = 'running' for update of y`
  if (replay === undefined) return { kind: 'halted' }
  if (replay.mapping_version !== mappingVersion) return { kind: 'outdated' }
  const waiting = await tx<{ position: number; record_id: string }[]>`
    select position, record_id from replay_items
    where replay_id = ${replayId} and position = any(${items.map(({ position }) => position)}::int[]) and outcome is null`
  const records = await tx<HeldRecord[]>`
    select id, receipt_id, index, "end", identity, report_id, created_at from records
    where id = any(${waiting.map((row) => row.record_id)}::uuid[]) order by id for update`
  const made = records.flatMap((record) => (isOpen(record) ? [] : (record.report_id ?? [])))
  if (made.length > 0) await tx`select 1 from reports where id = any(${made}::uuid[]) order by id for update`
  const recordOf = new Map(records.map((record) => [record.id, record]))
  const recordIdAt = new Map(waiting.map((row) => [row.position, row.record_id]))
  return {
    kind: 'held',
    items: items.flatMap((item) => {
      const id = recordIdAt.get(item.position)
      return id === undefined ? [] : [{ item, record: recordOf.get(id) }]
    }),
  }
}

const recordGone: Made = {
  outcome: 'failed',
  changes: { reason: { code: 'record.gone', detail: 'The record is not here any more.' } },
}

async function settleOne(
  tx: Tx,
  deps: Deps,
  { batch, task, record }: { batch: Batch; task: Task; record: HeldRecord | undefined },
): Promise<ItemEnd> {
  const { position, group } = task
  if (record === undefined) return { position, record, made: recordGone, unread: 0 }
  const made = await make(tx, deps, { group, record })
  return { position, record, made, unread: await addUnread(tx, deps, { ...batch, group, record }) }
}

async function make(
  tx: Tx,
  deps: Deps,
  { group, record }: { group: Group; record: HeldRecord },
): Promise<Made> {
  const { incoming, decoded } = group
  const found = decoded.at(record.index)
  if (found.kind === 'absent')
    return { outcome: 'failed', changes: { reason: { code: 'record.absent', detail: found.detail } } }
  const makeEntry = (fileIdOf?: (key: string) => string | undefined): Entry => {
    const draft =
      found.kind === 'undecoded'
        ? undecoded(found.cause, record.id)
        : draftOf(found.source, incoming, { envelope: deps.envelope, newId: () => record.id, fileIdOf })
    return entryOf({ incoming }, draft, record.index)
  }
  if (isOpen(record)) return await placeOpenRecord(tx, deps, { entry: makeEntry(), record })
  if (record.end === 'report' || record.end === 'version')
    return await remakeReport(tx, deps, { record, makeEntry })
  return leaveAsItIs(record, makeEntry().draft)
}
