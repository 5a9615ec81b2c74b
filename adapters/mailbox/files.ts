/** The files of a mail: how its record speaks of them, and their bytes. */
import type { SourceFile } from '../adapter.ts'
import type { MailPart } from './mime.ts'
import type { MailboxSettings } from './settings.ts'

/** What the record says of a file. */
export interface ListedFile {
  /** `cid:…` where the HTML names it so, else `part:` and its number. */
  readonly url: string
  readonly name?: string
  readonly mediaType: string
  readonly bytes: number
  /** Larger than maxAttachmentBytes: it stays in the stored mail only. */
  readonly tooLarge?: true
}

const defaultMaxBytes = 20_971_520

export function filesOf(
  parts: readonly MailPart[],
  { maxAttachmentBytes = defaultMaxBytes }: MailboxSettings,
): { listed: ListedFile[]; files: SourceFile[] } {
  const seen = new Set<string>()
  const listed: ListedFile[] = []
  const files: SourceFile[] = []
  for (const part of parts.filter(isFile)) {
    const url = urlOf(part, seen)
    const { mediaType, bytes } = part
    const described = { url, ...(part.name !== undefined && { name: part.name }), mediaType }
    const isTooLarge = bytes.length > maxAttachmentBytes
    listed.push({ ...described, bytes: bytes.length, ...(isTooLarge && { tooLarge: true }) })
    if (!isTooLarge) files.push({ ...described, bytes })
  }
  return { listed, files }
}

/** Not the reports of mail servers, nor what holds nothing. */
function isFile({ isAttachment, mediaType, bytes }: MailPart): boolean {
  return isAttachment && bytes.length > 0 && mediaType !== 'message/delivery-status'
}

function urlOf({ contentId, number }: MailPart, seen: Set<string>): string {
  const named = contentId === undefined ? `part:${number}` : `cid:${contentId}`
  const url = seen.has(named) ? `part:${number}` : named
  seen.add(url)
  return url
}
