/** What kind of mail it is. Whether a kind counts is the mapping's business; here it is only told apart. */
import type { Header, ParsedMail } from './mime.ts'
import type { ThreadPlace } from './thread.ts'

export type MailKind = 'letter' | 'reply' | 'auto-reply' | 'bounce' | 'list' | 'loop'

/** Stands in every mail of ours. */
export const ownHeader = 'x-guiyi-delivery'
/** A mail that went round so often goes round in a circle. */
const maxReceived = 40
const robots = /^(mailer-daemon|postmaster|mail-daemon|mdaemon|bounce[sd]?)([+.-]|@|$)/i
const autoSubject =
  /^\s*(自动回复|自动答复|自动应答|外出自动回复|休假自动回复|auto(matic)?[ -]?(reply|response)|autoreply|out of (the )?office|ooo)\s*([:：（(【-]|$)/i

export interface KindInput {
  readonly mail: ParsedMail
  readonly subject: string
  /** Lower case; empty where none. */
  readonly from: string
  readonly own: readonly string[]
  readonly place: ThreadPlace | null
  readonly accepts: readonly ('auto-reply' | 'list')[]
}

export function kindOf(input: KindInput): MailKind {
  const { mail, from, own, accepts } = input
  if (mail.headers.some(({ name }) => name === ownHeader) || own.includes(from)) return 'loop'
  if (mail.headers.filter(({ name }) => name === 'received').length > maxReceived) return 'loop'
  if (isBounce(input)) return 'bounce'
  if (!accepts.includes('auto-reply') && isAutomatic(input)) return 'auto-reply'
  if (!accepts.includes('list') && isList(mail.headers)) return 'list'
  return input.place === null ? 'letter' : 'reply'
}

function isBounce({ mail, from }: KindInput): boolean {
  if (mail.mediaType === 'multipart/report' && mail.reportType !== 'disposition-notification') return true
  return robots.test(from)
}

/** RFC 3834, and what was in use before it. A null return path with nothing else is a machine's too. */
function isAutomatic({ mail: { headers, mediaType }, subject }: KindInput): boolean {
  const submitted = valueOf(headers, 'auto-submitted')?.toLowerCase().split(/[;\s]/, 1)[0] ?? 'no'
  if (submitted !== 'no') return true
  if (mediaType === 'multipart/report') return true
  if (headers.some(({ name }) => /^x-(autoreply|autorespond|autoresponder|auto-reply-from)$/.test(name)))
    return true
  if (/^auto[_-]?reply$/i.test(valueOf(headers, 'precedence') ?? '')) return true
  return autoSubject.test(subject) || valueOf(headers, 'return-path')?.replaceAll(/\s/g, '') === '<>'
}

function isList(headers: readonly Header[]): boolean {
  return (
    /^(bulk|list|junk)$/i.test(valueOf(headers, 'precedence') ?? '') ||
    headers.some(({ name }) => name === 'list-id' || name === 'list-unsubscribe')
  )
}

/** The first of that name. */
export function valueOf(headers: readonly Header[], wanted: string): string | undefined {
  return headers.find(({ name }) => name === wanted)?.value
}
