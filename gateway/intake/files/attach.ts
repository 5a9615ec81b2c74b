/** The files of one record: what its attachments say of them, and what is to be written. Without the database. */
import { createHash } from 'node:crypto'
import type { SourceFile } from '../../../adapters/adapter.ts'
import type { Attachment, FileReason } from '../../../schemas/primitives.ts'
import type { Envelope } from '../../store/envelope.ts'
import { neutralName } from '../../store/media-types.ts'
import { judgeType } from './media-type.ts'

/** A phone's photo has 3 to 8 MB, a minute of its video about 20. */
export const maxFileBytes = 20 * 1024 * 1024
/** All files of one report, those of its messages included. Their number is bounded by the schema: 50 in a record. */
export const maxReportBytes = 50 * 1024 * 1024

/** A file on its way into the house. */
export type FileDraft = { readonly id: string; readonly position: number } & (
  | {
      readonly state: 'stored'
      readonly mediaType: string
      readonly sha256: string
      readonly bytes: Uint8Array
    }
  | { readonly state: 'refused'; readonly reason: FileReason }
  | { readonly state: 'waiting'; readonly url: string; readonly name: string | undefined }
)

export interface Attached {
  /** What two versions are compared by: a file by its hash, an address as it was given. */
  readonly compared: Attachment[]
  /** As the source said it, with what we found. For sealed content. */
  readonly whole: Attachment[]
  /** Without address and given name. */
  readonly working: Attachment[]
  readonly drafts: readonly FileDraft[]
}

export interface AttachContext {
  /** Whose files these are: channel and its own number of the report. */
  readonly owner: { readonly channelId: string; readonly about: string }
  /** Those that came inside the payload. */
  readonly files: readonly SourceFile[]
  readonly envelope: Pick<Envelope, 'personKey'>
  readonly fetches: boolean
  /** The adapter knows what an address without a host means. */
  readonly resolves: boolean
  readonly maxBytes: number
  /** The id that the file has already, where its report was known by another number. */
  readonly idOf?: (key: string) => string | undefined
}

/** Looks at each attachment: a file inside the payload is judged, one elsewhere will be fetched. */
export function attachFiles(attachments: readonly Attachment[], context: AttachContext): Attached {
  const inside = new Map(context.files.map((file) => [file.url, file]))
  let kept = 0
  const all = attachments.map((attachment, index) => {
    const file = attachment.url === undefined ? undefined : inside.get(attachment.url)
    if (file === undefined) return elsewhere(attachment, index + 1, context)
    const one = insidePayload(attachment, file, { position: index + 1, room: maxReportBytes - kept, context })
    if (one.draft.state === 'stored') kept += file.bytes.length
    return one
  })
  return {
    compared: all.map(({ compared }) => compared),
    whole: all.map(({ whole }) => whole),
    working: all.map(({ working }) => working),
    drafts: all.map(({ draft }) => draft),
  }
}

interface AttachedOne {
  readonly compared: Attachment
  readonly whole: Attachment
  readonly working: Attachment
  readonly draft: FileDraft
}

/** An id that the same file of the same report always gets, so that a repeat and a later version name the file they have. */
function fileId({ owner, envelope, idOf }: AttachContext, key: string): string {
  const known = idOf?.(key)
  if (known !== undefined) return known
  const keyed = envelope.personKey('file', `${owner.channelId}\n${owner.about}\n${key}`)
  const hash = createHash('sha256').update(keyed).digest()
  // UUID version 8 (RFC 9562): the bits are ours.
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

function insidePayload(
  { name = '', role }: Attachment,
  file: SourceFile,
  where: { position: number; room: number; context: AttachContext },
): AttachedOne {
  const { position, room, context } = where
  const sha256 = createHash('sha256').update(file.bytes).digest('hex')
  const given = name === '' ? file.name?.slice(0, 300) : name
  const said = { ...(given === undefined ? {} : { name: given }), ...(role === undefined ? {} : { role }) }
  const judged = judgeFile(file.bytes, {
    said: { declared: file.mediaType, name: given },
    maxBytes: context.maxBytes,
    room,
  })
  const id = fileId(context, sha256)
  const found = {
    id,
    state: judged.state,
    ...(judged.state === 'stored' ? { mediaType: judged.mediaType } : { reason: judged.reason }),
    bytes: file.bytes.length,
    sha256,
  }
  return {
    compared: { ...said, sha256 },
    whole: { ...said, ...found },
    working: workingOf(position, { role, found }),
    draft:
      judged.state === 'stored'
        ? { id, position, ...judged, sha256, bytes: file.bytes }
        : { id, position, ...judged },
  }
}

/** `found` of a file that waits is its id alone: what it becomes is not known yet. */
function workingOf(
  position: number,
  { role, found }: { role: Attachment['role']; found: Attachment },
): Attachment {
  return {
    ...found,
    name: neutralName(position, found.mediaType),
    ...(role === undefined ? {} : { role }),
  }
}

function elsewhere(attachment: Attachment, position: number, context: AttachContext): AttachedOne {
  const { url = '', role } = attachment
  const id = fileId(context, url)
  const reason = refusalOf(url, context)
  const found: Attachment = reason === undefined ? { id } : { id, state: 'refused', reason }
  return {
    compared: attachment,
    whole: { ...attachment, ...found },
    working: workingOf(position, { role, found }),
    draft:
      reason === undefined
        ? { id, position, state: 'waiting', url, name: attachment.name }
        : { id, position, state: 'refused', reason },
  }
}

/** Why no file can be had under this address. One without a host names nothing, unless the adapter resolves it. */
function refusalOf(address: string, { fetches, resolves }: AttachContext): FileReason | undefined {
  if (/^(part|cid):/i.test(address)) return 'missing'
  const url = URL.parse(address)
  const callable = url === null ? resolves && address !== '' : /^https?:$/.test(url.protocol)
  if (!callable) return 'address'
  return fetches ? undefined : 'not-fetched'
}

export type Judged =
  | { readonly state: 'stored'; readonly mediaType: string }
  | { readonly state: 'refused'; readonly reason: FileReason }

/** Whether a file's bytes may be kept, and as what. `room` is what its report may still take, bytes. */
export function judgeFile(
  bytes: Uint8Array,
  by: {
    readonly said: { readonly declared?: string | undefined; readonly name?: string | undefined }
    readonly maxBytes: number
    readonly room: number
  },
): Judged {
  if (bytes.length > by.maxBytes) return { state: 'refused', reason: 'too-large' }
  if (bytes.length > by.room) return { state: 'refused', reason: 'too-many' }
  if (bytes.length === 0) return { state: 'refused', reason: 'empty' }
  const mediaType = judgeType(bytes, by.said)
  return mediaType === null ? { state: 'refused', reason: 'type' } : { state: 'stored', mediaType }
}
