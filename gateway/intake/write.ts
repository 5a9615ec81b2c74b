/** Writes prepared payloads: receipts, records and what the records became, all in one transaction. */
import type { Acknowledgement } from '../../schemas/receipt.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { countsOf, entriesOf, receiptRow, recordRow, unknownRows, type Entry } from './entry.ts'
import type { Incoming, Prepared } from './prepare.ts'
import { recogniseEchoes } from './echo.ts'
import { announceFiles, writeFiles, type WrittenFile } from './files/write-files.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'
import { takeKeys, type Refusal } from './take-keys.ts'
import { writeAllNew, type Odds } from './write-all-new.ts'
import { writeMessages } from './write-messages.ts'
import { writeReports } from './write-reports.ts'
import * as statements from './write-sql.ts'

export type WriteResult = { readonly kind: 'stored'; readonly acknowledgement: Acknowledgement } | Refusal

async function movePolls(
  tx: Tx,
  deps: Deps,
  incoming: readonly Incoming[],
  refused: Map<string, Refusal>,
): Promise<void> {
  for (const item of incoming) {
    if (item.poll === undefined) continue
    const moved = await statements.movePoll(tx, {
      channelId: item.channel.id,
      feed: item.feed.name,
      ...item.poll,
      now: deps.now(),
    })
    if (!moved) refused.set(item.receiptId, { kind: 'poll-lost' })
  }
}

function acknowledge(prepared: Prepared, entries: readonly Entry[]): Acknowledgement {
  return {
    receipt: prepared.incoming.receiptId,
    receivedAt: prepared.incoming.payload.receivedAt.toISOString(),
    results: entries.map((entry) => ({
      index: entry.index,
      end: entry.end,
      ...(entry.externalId === undefined ? {} : { externalId: entry.externalId }),
      ...(entry.reportId === undefined ? {} : { report: entry.reportId }),
      ...(entry.version === undefined ? {} : { version: entry.version }),
      ...(entry.reason === undefined ? {} : { reason: entry.reason }),
    })),
  }
}

interface Written {
  readonly byReceipt: ReadonlyMap<string, readonly Entry[]>
  readonly files: readonly WrittenFile[]
}

/** What the records become; shared by the one-step and the two-step way. The last statements are on their way in `pipeline`. */
async function writeRecords(
  tx: Tx,
  deps: Deps,
  payloads: readonly Prepared[],
  pipeline: Pipeline,
): Promise<Written> {
  const byReceipt = new Map(payloads.map((prepared) => [prepared.incoming.receiptId, entriesOf(prepared)]))
  const entries = [...byReceipt.values()].flat()
  await recogniseEchoes(tx, entries)
  const reportIds = await writeReports(tx, deps, entries, pipeline)
  await writeMessages(tx, deps, entries, reportIds)
  const files = await writeFiles(tx, deps, entries)
  pipeline.add(statements.insertRecords(tx, entries.map(recordRow)))
  pipeline.add(statements.countUnknownValues(tx, unknownRows(entries)))
  return { byReceipt, files }
}

/** With its receipts, which say how its records ended. */
async function writeAccepted(tx: Tx, deps: Deps, payloads: readonly Prepared[]): Promise<Written> {
  const pipeline = createPipeline()
  const written = await writeRecords(tx, deps, payloads, pipeline)
  const receipts = payloads.map((prepared) =>
    receiptRow(prepared, 'done', countsOf(written.byReceipt.get(prepared.incoming.receiptId) ?? [])),
  )
  pipeline.add(statements.insertReceipts(tx, receipts))
  await pipeline.settled()
  return written
}

interface Round extends Written {
  readonly refused: ReadonlyMap<string, Refusal>
}

/** Keys first, then the records of those whose keys were free. */
async function writeCarefully(tx: Tx, deps: Deps, payloads: readonly Prepared[]): Promise<Round> {
  const incoming = payloads.map((prepared) => prepared.incoming)
  const refused = await takeKeys(tx, deps, incoming)
  await movePolls(tx, deps, incoming, refused)
  const accepted = payloads.filter((prepared) => !refused.has(prepared.incoming.receiptId))
  return { ...(await writeAccepted(tx, deps, accepted)), refused }
}

async function writeOnce(deps: Deps, payloads: readonly Prepared[], odds: Odds): Promise<Round> {
  deps.killPoint('intake.before-commit')
  const byReceipt = await odds.trying(() => writeAllNew(deps, payloads))
  if (byReceipt !== null) return { byReceipt, files: [], refused: new Map() }
  return await deps.db.transaction((tx) => writeCarefully(tx, deps, payloads))
}

/** One commit for all payloads. Rejects as a whole where the database does. */
export async function writeBatch(
  deps: Deps,
  payloads: readonly Prepared[],
  odds: Odds,
): Promise<WriteResult[]> {
  const { byReceipt, files, refused } = await writeOnce(deps, payloads, odds)
  deps.killPoint('intake.after-commit')
  announceFiles(deps, files)
  return payloads.map((prepared): WriteResult => {
    const { receiptId } = prepared.incoming
    return (
      refused.get(receiptId) ?? {
        kind: 'stored',
        acknowledgement: acknowledge(prepared, byReceipt.get(receiptId) ?? []),
      }
    )
  })
}

/** First half of the two-step way: the receipt alone. */
export async function storeReceipt(
  deps: Deps,
  payload: Pick<Prepared, 'incoming' | 'sha256' | 'sealed'>,
): Promise<Refusal | null> {
  const refused = await deps.db.transaction(async (tx) => {
    const refusals = await takeKeys(tx, deps, [payload.incoming])
    await movePolls(tx, deps, [payload.incoming], refusals)
    const refusal = refusals.get(payload.incoming.receiptId)
    if (refusal === undefined) await statements.insertReceipts(tx, [receiptRow(payload, 'stored', {})])
    return refusal ?? null
  })
  deps.killPoint('intake.receipt-only')
  return refused
}

/** Second half: its records. Null where another process finished the receipt first. */
export async function finishReceipt(deps: Deps, prepared: Prepared): Promise<Acknowledgement | null> {
  const finished = await deps.db.transaction(
    async (tx) => {
      if (!(await statements.lockStoredReceipt(tx, prepared.incoming.receiptId))) return null
      const pipeline = createPipeline()
      const { byReceipt, files } = await writeRecords(tx, deps, [prepared], pipeline)
      await pipeline.settled()
      const entries = byReceipt.get(prepared.incoming.receiptId) ?? []
      await statements.finishReceipt(tx, prepared.incoming.receiptId, countsOf(entries))
      return { acknowledgement: acknowledge(prepared, entries), files }
    },
    { deadlineMs: 60_000 },
  )
  if (finished === null) return null
  announceFiles(deps, finished.files)
  return finished.acknowledgement
}
