import { Worker } from 'node:worker_threads'
import { sampleBounds, unreadable, type Sample } from './sample.ts'
import { tableRecords } from './table-rows.ts'
import { checkZip } from './zip-bounds.ts'

/** A workbook is read in a thread of its own: a hostile one would take time and memory from everybody. */
const maxMs = 30_000
const maxHeapMb = 512
const rowsAbove = 10

/** What goes to the thread. */
export interface SheetTask {
  readonly bytes: Uint8Array
  readonly maxRows: number
  readonly maxColumns: number
}

/** What comes back: the cells of the first sheet that holds a table, all as text. */
export type SheetResult =
  | { readonly kind: 'rows'; readonly rows: string[][]; readonly sheet: string; readonly others: number }
  | { readonly kind: 'refused'; readonly why: 'password' | 'damaged' | 'empty' }

/** XLSX or XLS. Throws `sample.unreadable`. */
export async function readSheet(bytes: Uint8Array): Promise<Sample> {
  if (bytes[0] === 0x50) await checkZip(bytes)
  const result = await runApart({
    bytes,
    maxRows: sampleBounds.records + rowsAbove,
    maxColumns: sampleBounds.fields,
  })
  if (result.kind === 'refused') throw unreadable(refusals[result.why])
  const table = tableRecords(result.rows)
  const others = result.others === 0 ? '' : `，另有 ${result.others} 个工作表没有看`
  return {
    form: 'xlsx',
    records: table.records,
    notes: [`工作表“${result.sheet.slice(0, 40)}”${others}。`, ...table.notes],
  }
}

const refusals = {
  password: 'The workbook is protected by a password. Save it without one.',
  damaged: 'The file is no workbook that can be read. Save it once more as XLSX, or send it as CSV.',
  empty: 'The workbook has no sheet with a line of names and a row below it. Send one that is filled in.',
} as const

async function runApart(task: SheetTask): Promise<SheetResult> {
  const worker = new Worker(new URL('./sheet-worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  })
  const { promise, resolve, reject } = Promise.withResolvers<SheetResult>()
  const giveUp = (): void =>
    reject(
      unreadable(
        'The workbook takes too long or too much memory to read. Copy some rows into a new workbook, or send it as CSV.',
      ),
    )
  const timer = setTimeout(giveUp, maxMs)
  worker.once('message', resolve)
  worker.once('error', giveUp)
  worker.once('exit', giveUp)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
