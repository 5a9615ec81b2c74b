/** From raw bytes to rows that are ready to be written, without the database. */
import { hash } from 'node:crypto'
import { DecodeError, type RawPayload, type SourceFile, type SourceRecord } from '../../adapters/adapter.ts'
import type { MessageContent } from '../../schemas/message.ts'
import type { RecordReason } from '../../schemas/receipt.ts'
import type { ReportContent } from '../../schemas/report.ts'
import type { ChannelRuntime, FeedRuntime } from '../catalog/catalog.ts'
import type { MappedRecord } from '../mapping/feed.ts'
import type { UnknownValue } from '../mapping/run.ts'
import type { Envelope, Sealed } from '../store/envelope.ts'
import type { WorkingMessage, WorkingReport } from '../store/working.ts'
import { attachFiles, maxFileBytes, type Attached, type FileDraft } from './files/attach.ts'
import { personKeysOf } from './person-keys.ts'
import { liftPersonal } from './working-text.ts'

/** A payload whose sender is known, with the keys that its receipt must carry. */
export interface Incoming {
  readonly receiptId: string
  readonly channel: ChannelRuntime
  readonly feed: FeedRuntime
  readonly payload: RawPayload
  readonly principal: string
  readonly replay: { readonly key: string; readonly expiresAt: Date } | undefined
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | undefined
  /** For a poll: the cursor that moves with this receipt, and the token of the poll's holder. */
  readonly poll:
    | { readonly cursor: { readonly [key: string]: unknown }; readonly token: number; readonly dueAt: Date }
    | undefined
}

export type RecordDraft = {
  readonly id: string
  readonly position: string
  readonly identity: string | undefined
  readonly unknown: readonly UnknownValue[]
} & (
  | { readonly kind: 'report'; readonly report: ReportDraft }
  | { readonly kind: 'message'; readonly message: MessageDraft }
  | {
      readonly kind: 'filtered' | 'quarantined'
      readonly reason: RecordReason
      readonly externalId: string | undefined
    }
)
export interface ReportDraft {
  readonly externalId: string
  readonly contentHash: string
  readonly working: WorkingReport
  readonly personKeys: readonly string[]
  readonly confidential: boolean
  readonly submittedAt: string
  readonly sealed: Sealed
  /** Missing where there are none. */
  readonly files?: readonly FileDraft[]
}
export interface MessageDraft {
  readonly about: string
  readonly kind: MessageContent['kind']
  readonly contentHash: string
  readonly working: WorkingMessage
  readonly occurredAt: string
  readonly sealed: Sealed
  /** Missing where there are none. */
  readonly files?: readonly FileDraft[]
}

/** An incoming payload with everything that its commit writes. */
export interface Prepared {
  readonly incoming: Incoming
  readonly sha256: string
  readonly sealed: Sealed
  readonly records: readonly RecordDraft[]
}

interface PrepareDeps {
  readonly envelope: Envelope
  readonly newId: () => string
  /** The id that a file of the same report has already, by its address or SHA-256. */
  readonly fileIdOf?: ((key: string) => string | undefined) | undefined
}

/** JSON with sorted keys: the same content gives the same text. */
const stableJson = (value: unknown): string => JSON.stringify(withSortedKeys(value))

function withSortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withSortedKeys)
  const members = value as { readonly [key: string]: unknown }
  const sorted: { [key: string]: unknown } = {}
  for (const key of Object.keys(members).toSorted()) sorted[key] = withSortedKeys(members[key])
  return sorted
}

export const sha256Hex = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex')

/** What of a payload stands around a record. */
interface RecordContext {
  readonly envelope: Envelope
  readonly receivedAt: Date
  /** The content's attachments with their files; undefined where it has none. */
  readonly attach: (content: Pick<ReportContent, 'attachments'>, about: string) => Attached | undefined
}

function reportDraft(content: ReportContent, { envelope, receivedAt, attach }: RecordContext): ReportDraft {
  // A source that states no time gets the time of receipt, which must not make each repeat a new version.
  const timed = content.submittedAt === receivedAt.toISOString()
  const { reporter, ...rest } = content
  const attached = attach(content, content.externalId)
  const whole = stableJson(attached === undefined ? content : { ...content, attachments: attached.whole })
  const working: WorkingReport = { ...rest, text: liftPersonal(rest.text) }
  if (attached !== undefined) working.attachments = attached.working
  if (rest.title !== undefined) working.title = liftPersonal(rest.title)
  if (rest.location?.address !== undefined)
    working.location = { ...rest.location, address: liftPersonal(rest.location.address) }
  return {
    externalId: content.externalId,
    contentHash: sha256Hex(
      timed || attached !== undefined
        ? stableJson({
            ...content,
            ...(timed ? { submittedAt: undefined } : {}),
            ...(attached === undefined ? {} : { attachments: attached.compared }),
          })
        : whole,
    ),
    working,
    personKeys: personKeysOf(reporter, envelope),
    confidential: reporter?.confidential === true,
    submittedAt: content.submittedAt,
    sealed: envelope.seal(Buffer.from(whole)),
    ...(attached === undefined ? {} : { files: attached.drafts }),
  }
}

function messageDraft(content: MessageContent, { envelope, attach }: RecordContext): MessageDraft {
  const attached = attach(content, content.about)
  const whole = stableJson(attached === undefined ? content : { ...content, attachments: attached.whole })
  const working: WorkingMessage = {
    ...content,
    ...(content.text === undefined ? {} : { text: liftPersonal(content.text) }),
    ...(attached === undefined ? {} : { attachments: attached.working }),
  }
  return {
    about: content.about,
    kind: content.kind,
    contentHash: sha256Hex(
      attached === undefined ? whole : stableJson({ ...content, attachments: attached.compared }),
    ),
    working,
    occurredAt: content.occurredAt,
    sealed: envelope.seal(Buffer.from(whole)),
    ...(attached === undefined ? {} : { files: attached.drafts }),
  }
}

function recordDraft(
  mapped: MappedRecord,
  base: { id: string; position: string },
  context: RecordContext,
): RecordDraft {
  switch (mapped.kind) {
    case 'report':
      return {
        ...base,
        kind: 'report',
        identity: mapped.identity,
        unknown: mapped.unknown,
        report: reportDraft(mapped.content, context),
      }
    case 'message':
      return {
        ...base,
        kind: 'message',
        identity: mapped.identity,
        unknown: mapped.unknown,
        message: messageDraft(mapped.content, context),
      }
    case 'filtered':
      return {
        ...base,
        kind: 'filtered',
        identity: mapped.identity,
        unknown: [],
        reason: mapped.reason,
        externalId: undefined,
      }
    case 'quarantined':
      return {
        ...base,
        kind: 'quarantined',
        identity: mapped.identity,
        unknown: mapped.unknown,
        reason: mapped.reason,
        externalId: mapped.externalId,
      }
  }
}

/** What the channel's mapping makes of one entry of a payload. */
export function draftOf(source: SourceRecord, incoming: Incoming, deps: PrepareDeps): RecordDraft {
  const base = { id: deps.newId(), position: source.position }
  if (source.kind === 'unreadable') {
    return {
      ...base,
      kind: 'quarantined',
      identity: undefined,
      unknown: [],
      externalId: undefined,
      reason: { code: 'record.unreadable', detail: source.detail },
    }
  }
  const { channel, feed, payload } = incoming
  const mapped = feed.compiled.map(source.value, {
    channelId: channel.id,
    feed: feed.name,
    receivedAt: payload.receivedAt,
  })
  return recordDraft(mapped, base, {
    envelope: deps.envelope,
    receivedAt: payload.receivedAt,
    attach: ({ attachments = [] }, about) =>
      attachments.length === 0
        ? undefined
        : attachFiles(attachments, {
            owner: { channelId: channel.id, about },
            files: source.files ?? noFiles,
            envelope: deps.envelope,
            resolves: feed.adapter.fetchFile !== undefined,
            fetches: channel.file.files?.fetch !== false,
            maxBytes: channel.file.files?.maxBytes ?? maxFileBytes,
            ...(deps.fileIdOf === undefined ? {} : { idOf: deps.fileIdOf }),
          }),
  })
}

const noFiles: readonly SourceFile[] = []

/** The record that stands for all that could not be decoded. */
export const undecoded = (cause: DecodeError, id: string): RecordDraft => ({
  id,
  position: cause.position,
  kind: 'quarantined',
  identity: undefined,
  unknown: [],
  externalId: undefined,
  reason: { code: cause.code, detail: cause.message },
})

/** Decodes and maps a payload. What the payload holds never makes it throw: it becomes a quarantined record. */
export async function prepare(incoming: Incoming, deps: PrepareDeps): Promise<Prepared> {
  const { payload, feed } = incoming
  const records: RecordDraft[] = []
  try {
    for await (const source of feed.adapter.decode(payload, feed.channel))
      records.push(draftOf(source, incoming, deps))
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    records.push(undecoded(cause, deps.newId()))
  }
  return { incoming, sha256: sha256Hex(payload.bytes), sealed: deps.envelope.seal(payload.bytes), records }
}
