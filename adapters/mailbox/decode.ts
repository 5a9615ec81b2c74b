/** A mail as the record that a mapping reads, with its files. */
import { DecodeError, type RawPayload, type SourceFile, type SourceRecord } from '../adapter.ts'
import { dateOf, peopleIn, type Person } from './addresses.ts'
import { filesOf, type ListedFile } from './files.ts'
import { maxHtml, readableHtml } from '../reading/html.ts'
import { kindOf, valueOf, type MailKind } from './kind.ts'
import { headerWords, parseMail, partText, type MailPart, type ParsedMail } from './mime.ts'
import { splitQuoted } from './quoting.ts'
import type { MailboxSettings } from './settings.ts'
import { idOfBytes, messageIdsIn, placeIn, placeQuoted, shortId, type ThreadPlace } from './thread.ts'

/** Fields that have no value are left out; people and lists are empty then. */
interface Letter {
  readonly id: string
  readonly messageId?: string
  readonly kind: MailKind
  readonly date?: string
  readonly from?: Person
  readonly replyTo: readonly Person[]
  readonly to: readonly Person[]
  readonly cc: readonly Person[]
  readonly subject: string
  readonly text: string
  readonly html?: string
  readonly quoted?: string
  readonly inReplyTo?: string
  readonly references: readonly string[]
  /** Id of the first letter of the thread, as far as the mail says: its own where it begins one. */
  readonly thread: string
  /** Id of the letter that this mail is about, where an answer of ours proves it. */
  readonly about?: string
  /** Whether a reply comes from the address that we wrote to. */
  readonly sender?: 'same' | 'other'
  /** What a bounce says became of our mail. */
  readonly action?: string
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly ListedFile[]
}

export const headersOnly = 'text/rfc822-headers'
export const defaultMaxBytes = 26_214_400
const defaultMaxParts = 200
/** A longer text is cut, and goes along whole as a file: a report's text holds 100,000 characters. */
const maxText = 90_000
/** Quotes are looked for, and bounces read, this far. */
const maxScanned = 200_000
const keptHeaders = [
  'auto-submitted',
  'precedence',
  'list-id',
  'return-path',
  'x-auto-response-suppress',
  'x-mailer',
  'importance',
]

/** One record. Throws DecodeError, whose message holds nothing of the mail. */
export async function letterOf(payload: RawPayload, settings: MailboxSettings): Promise<SourceRecord> {
  const { maxBytes = defaultMaxBytes, maxParts = defaultMaxParts } = settings
  refuseCutShort(payload, maxBytes)
  const bytes = withoutMark(payload.bytes)
  if (bytes.every((byte) => byte <= 0x20))
    throw new DecodeError('payload.empty', 'The mail is empty. Nothing can be made of it.')
  const mail = await parseMail(bytes, { maxParts })
  if (!mail.headers.some(({ name }) => /^(from|date|subject|message-id|received|to|return-path)$/.test(name)))
    throw new DecodeError(
      'payload.not-mail',
      'This is no mail: it has none of the headers that every mail has.',
    )
  const { listed, files } = filesOf(mail.parts, settings)
  const { value, more } = letter(mail, { payload, bytes, settings, listed })
  const all = [...files, ...more]
  return { kind: 'record', position: '1', value, ...(all.length > 0 && { files: all }) }
}

function refuseCutShort({ bytes, headers }: RawPayload, maxBytes: number): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';')
  const isCut = type.trim() === headersOnly
  if (!isCut && bytes.length <= maxBytes) return
  const size = isCut ? (/^\s*size=(\d{1,15})$/.exec(parameters[0] ?? '')?.[1] ?? 'too many') : bytes.length
  throw new DecodeError(
    'payload.too-large',
    `The mail has ${size} bytes; ${maxBytes} are allowed. Only its headers were taken; the mail itself still lies in the mailbox. Deal with it there, or raise maxBytes and move it back to the folder that is read.`,
  )
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

interface Context {
  readonly payload: RawPayload
  readonly bytes: Uint8Array
  readonly settings: MailboxSettings
  readonly listed: readonly ListedFile[]
}

function letter(mail: ParsedMail, context: Context): { value: Letter; more: SourceFile[] } {
  const { headers } = mail
  const { payload, settings } = context
  const [from] = peopleIn(headers, 'from')
  const subject = headerWords(valueOf(headers, 'subject') ?? '')
    .trim()
    .slice(0, 500)
  const messageId = messageIdsIn(valueOf(headers, 'message-id') ?? '')[0]
  const [inReplyTo] = messageIdsIn(valueOf(headers, 'in-reply-to') ?? '')
  const references = messageIdsIn(valueOf(headers, 'references') ?? '')
  const place = placeOf(mail, [...references, ...(inReplyTo === undefined ? [] : [inReplyTo])], settings)
  const kind = kindOf({
    mail,
    subject,
    from: from?.address.toLowerCase() ?? '',
    own: (settings.own ?? []).map((address) => address.toLowerCase()),
    place,
    accepts: settings.accepts ?? [],
  })
  const id = messageId === undefined ? idOfBytes(context.bytes) : shortId(messageId)
  const before = references[0] ?? inReplyTo
  const date = dateOf(headers, payload.receivedAt)
  const isReply = before !== undefined || /^\s*(re|回复|答复|回覆)\s*[:：]/i.test(subject)
  const body = bodyOf(mail.parts, { isReply: isReply && !/^\s*(fwd?|转发|轉寄)\s*[:：]/i.test(subject) })
  const listed = [...context.listed, ...(body.whole === undefined ? [] : [wholeText(body.whole).listed])]
  return {
    value: {
      id,
      ...(messageId !== undefined && { messageId }),
      kind,
      ...(date !== null && { date }),
      ...(from && { from }),
      replyTo: peopleIn(headers, 'reply-to'),
      to: peopleIn(headers, 'to'),
      cc: peopleIn(headers, 'cc'),
      subject,
      text: body.text,
      ...(body.html !== '' && { html: body.html }),
      ...(body.quoted !== '' && { quoted: body.quoted }),
      ...(inReplyTo !== undefined && { inReplyTo }),
      references,
      thread: place?.letter ?? (before === undefined ? id : shortId(before)),
      ...(place && { about: place.letter }),
      ...(place && kind === 'reply' && { sender: place.isFor(from?.address ?? '') ? 'same' : 'other' }),
      ...(kind === 'bounce' && { action: actionOf(mail.parts) }),
      headers: Object.fromEntries(
        keptHeaders.flatMap((name) => {
          const value = valueOf(headers, name)
          return value === undefined ? [] : [[name, value.slice(0, 500)]]
        }),
      ),
      attachments: listed,
    },
    more: body.whole === undefined ? [] : [wholeText(body.whole).file],
  }
}

/** A reply names an answer of ours in its headers; a bounce may only quote it. */
function placeOf(
  { parts, mediaType }: ParsedMail,
  references: readonly string[],
  { threadSecret, previousThreadSecret }: MailboxSettings,
): ThreadPlace | null {
  const secrets = [threadSecret, previousThreadSecret].filter((secret) => secret !== undefined)
  const named = placeIn(references, secrets)
  if (named !== null || secrets.length === 0) return named
  const returned = parts.filter((part) => mediaType === 'multipart/report' || isReturned(part))
  for (const part of returned.slice(0, 20)) {
    const place = placeQuoted(Buffer.from(part.bytes.subarray(0, maxScanned)).toString('latin1'), secrets)
    if (place !== null) return place
  }
  return null
}

const isReturned = ({ mediaType }: MailPart): boolean =>
  mediaType === 'message/rfc822' || mediaType === headersOnly

/** `failed`, `delayed` … (RFC 3464); `failed` where a bounce does not say. */
function actionOf(parts: readonly MailPart[]): string {
  const status = parts.find(({ mediaType }) => mediaType === 'message/delivery-status')
  const written = Buffer.from(status?.bytes.subarray(0, 20_000) ?? []).toString('latin1')
  return /^action:\s*([a-z]{1,20})/im.exec(written)?.[1]?.toLowerCase() ?? 'failed'
}

interface Body {
  readonly text: string
  readonly html: string
  readonly quoted: string
  /** The whole text where `text` was cut. */
  readonly whole: string | undefined
}

function bodyOf(parts: readonly MailPart[], { isReply }: { isReply: boolean }): Body {
  const shown = parts.filter(({ isAttachment }) => !isAttachment)
  const plain = shown.filter(({ mediaType }) => mediaType === 'text/plain')
  const html = shown
    .filter(({ mediaType }) => mediaType === 'text/html')
    .map(partText)
    .join('\n')
  const written = plain.map(partText).join('\n').trim()
  const all = written === '' ? readableHtml(html) : written
  const { text, quoted } = isReply ? splitQuoted(all.slice(0, maxScanned)) : { text: all.trim(), quoted: '' }
  const isCut = text.length > maxText || (isReply && all.length > maxScanned)
  return {
    text: text.slice(0, maxText),
    html: html.length > maxHtml ? '' : html,
    quoted: quoted.slice(0, maxText),
    whole: isCut ? all : undefined,
  }
}

function wholeText(text: string): { listed: ListedFile; file: SourceFile } {
  const bytes = Buffer.from(text)
  const file = { url: 'part:text', name: '来信全文.txt', mediaType: 'text/plain' }
  return { listed: { ...file, bytes: bytes.length }, file: { ...file, bytes } }
}
