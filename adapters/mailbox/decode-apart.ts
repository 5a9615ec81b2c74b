/**
 * Large mails are read in a thread of their own: one of 25 MB takes a second, which nobody else should wait, and memory that
 * a hostile one would take from everybody.
 */
import { DecodeError, type RawPayload, type SourceRecord } from '../adapter.ts'
import { workApart } from '../reading/apart.ts'
import { letterOf } from './decode.ts'
import type { MailboxSettings } from './settings.ts'

/** Smaller ones cost less than the thread. */
const inPlaceBytes = 262_144

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
  const task: ApartTask = { payload, settings }
  const result = await workApart<ApartResult>(new URL('./decode-worker.ts', import.meta.url), task)
  if (result === undefined)
    throw new DecodeError(
      'payload.too-costly',
      'The mail takes too long or too much memory to read. It is kept as it came; look at it in the mailbox.',
      '',
    )
  if (result.kind === 'record') return result.record
  throw new DecodeError(result.code, result.message, result.position)
}
