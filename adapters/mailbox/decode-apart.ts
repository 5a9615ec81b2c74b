/**
 * Large mails are read in a thread of their own: one of 25 MB takes a second, which nobody else should wait, and memory that
 * a hostile one would take from everybody.
 */
import { Worker } from 'node:worker_threads'
import { DecodeError, type RawPayload, type SourceRecord } from '../adapter.ts'
import { letterOf } from './decode.ts'
import type { MailboxSettings } from './settings.ts'

/** Smaller ones cost less than the thread. */
const inPlaceBytes = 262_144
const maxMs = 30_000
const maxHeapMb = 512

/** What goes to the thread. */
export interface ApartTask {
  readonly payload: RawPayload
  readonly settings: MailboxSettings
}

/** What comes back. */
export type ApartResult =
  | { readonly kind: 'record'; readonly record: SourceRecord }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly position: string }

/** Throws DecodeError, also for what takes too long or too much memory. */
export async function decodeLetter(payload: RawPayload, settings: MailboxSettings): Promise<SourceRecord> {
  if (payload.bytes.length <= inPlaceBytes) return letterOf(payload, settings)
  const result = await runApart({ payload, settings })
  if (result.kind === 'record') return result.record
  throw new DecodeError(result.code, result.message, result.position)
}

async function runApart(task: ApartTask): Promise<ApartResult> {
  const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  })
  const { promise, resolve } = Promise.withResolvers<ApartResult>()
  const giveUp = (): void =>
    resolve({
      kind: 'refused',
      code: 'payload.too-costly',
      message:
        'The mail takes too long or too much memory to read. It is kept as it came; look at it in the mailbox.',
      position: '',
    })
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
