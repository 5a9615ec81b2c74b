/** Receipts opened and decoded as they are needed, their records handed on in batches. */
import type { ChannelRuntime } from '../../catalog/catalog.ts'
import type { Deps } from '../../deps.ts'
import type { StoredReceipt } from '../../store/stored-receipts.ts'
import { incomingOf } from '../recover.ts'
import { decodeAgain } from './decode-again.ts'
import { readReceipts, type NextGroup } from './load-group.ts'
import type { LostTask, Task } from './settle-batch.ts'
import type { Group } from './work.ts'

/** Payloads that are read at once: one can have 64 MiB, most have two kilobytes. */
const receiptsAtOnce = 10

export interface TaskBatch {
  readonly tasks: readonly Task[]
  /** Items whose payload is not to be had. */
  readonly lost: readonly LostTask[]
}

interface Opening {
  readonly channel: ChannelRuntime
  readonly groups: readonly NextGroup[]
  /** Records of a batch, at most. */
  readonly size: number
}

/** All records of the groups, in order. */
export async function* openGroups(deps: Deps, { channel, groups, size }: Opening): AsyncGenerator<TaskBatch> {
  let tasks: Task[] = []
  for (let from = 0; from < groups.length; from += receiptsAtOnce) {
    const some = groups.slice(from, from + receiptsAtOnce)
    const receipts = await readReceipts(
      deps,
      some.map(({ receiptId }) => receiptId),
    )
    for (const next of some) {
      const group = await openGroup(deps, { channel, next, receipt: receipts.get(next.receiptId) })
      if (typeof group === 'string') {
        yield { tasks, lost: next.positions.map((position) => ({ position, ...gone, detail: group })) }
        tasks = []
        continue
      }
      for (const position of next.positions) {
        tasks.push({ position, group })
        if (tasks.length < size) continue
        yield { tasks, lost: [] }
        tasks = []
      }
    }
  }
  if (tasks.length > 0) yield { tasks, lost: [] }
}

const gone = { code: 'record.receipt-gone' }

interface OneGroup {
  readonly channel: ChannelRuntime
  readonly next: NextGroup
  readonly receipt: StoredReceipt | undefined
}

/** The receipt decoded, or why it cannot be. */
async function openGroup(deps: Deps, { channel, next, receipt }: OneGroup): Promise<Group | string> {
  if (receipt === undefined) return 'The receipt of this record is not here any more.'
  if (receipt.data_key === null) return 'The receipt of this record was erased.'
  const incoming = incomingOf(deps, receipt)
  if (incoming === null)
    return `Feed ${receipt.feed} of this record is not in channel ${channel.id} any more, or is switched off. Set it up again, then start another replay.`
  const decoded = await decodeAgain(incoming, next.wanted, { toTheEnd: next.toTheEnd })
  return { incoming, decoded }
}
