/** A notice as the bytes of a letter: plain text, UTF-8, in the thread of the letter that it answers. */
import MailComposer from 'nodemailer/lib/mail-composer'
import { Value } from 'typebox/value'
import type { Notice } from '../../schemas/delivery.ts'
import { isAddress } from './addresses.ts'
import { ownHeader } from './kind.ts'
import { OutgoingLetter, type MailboxSettings } from './settings.ts'
import { answerId, messageIdsIn, shortId } from './thread.ts'

/** A letter that cannot be made, whatever the partner does. The message says what to correct, and quotes nothing. */
export class LetterFault extends Error {}

export interface ComposedLetter {
  /** Without brackets; the same for every try of a delivery. */
  readonly messageId: string
  readonly envelope: { readonly from: string; readonly to: string }
  readonly bytes: Buffer
}

/** Throws LetterFault. */
export async function composeLetter(
  notice: Notice,
  settings: MailboxSettings,
  now: Date,
): Promise<ComposedLetter> {
  const { smtp } = settings
  if (!smtp) throw new LetterFault('The channel has no smtp settings. Set them under reverse.settings.')
  const letter = letterIn(notice)
  const messageId = answerIdOf(notice, letter.to, settings)
  const node = new MailComposer({
    from: { name: oneLine(smtp.fromName ?? ''), address: smtp.from },
    to: { name: oneLine(letter.toName ?? ''), address: letter.to },
    ...(smtp.replyTo !== undefined && { replyTo: smtp.replyTo }),
    subject: oneLine(letter.subject).slice(0, 300),
    text: letter.text,
    messageId: `<${messageId}>`,
    date: now,
    headers: headersOf(notice, letter),
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile()
  return { messageId, envelope: { from: smtp.from, to: letter.to }, bytes: await node.build() }
}

/** The Message-ID under which a delivery goes out. Throws LetterFault. */
export function answerIdOf(notice: Notice, to: string, { smtp, threadSecret }: MailboxSettings): string {
  if (threadSecret === undefined)
    throw new LetterFault(
      'The channel has no threadSecret. Set it under reverse.settings and for the feed alike.',
    )
  const domain = smtp?.from.split('@')[1] ?? ''
  const { externalId } = notice.source
  return answerId({ letter: shortId(externalId), delivery: notice.idempotencyKey, to, domain }, threadSecret)
}

/** What the mapping made of the notice. Throws LetterFault. */
export function letterIn({ request, body }: Notice): OutgoingLetter {
  if (!Value.Check(OutgoingLetter, body))
    throw new LetterFault(
      `The mapping's request "${request}" makes no letter: its body needs to, subject and text, and may have toName, inReplyTo and references.`,
    )
  const to = body.to.trim()
  if (!isAddress(to))
    throw new LetterFault(
      'The reporter’s address is no e-mail address. Reply by another way, and waive this delivery.',
    )
  if (!/^[\x21-\x7e]+$/.test(to))
    throw new LetterFault(
      'The reporter’s address has characters beyond ASCII, which mail servers here do not take. Reply by another way, and waive this delivery.',
    )
  return { ...body, to }
}

/** Machines must not answer it, and we must know it again. */
function headersOf(
  { delivery }: Notice,
  { inReplyTo = '', references = [] }: OutgoingLetter,
): Record<string, string> {
  const chain = [...new Set([...references, inReplyTo].flatMap(messageIdsIn))].filter(isPlainId)
  const [parent] = messageIdsIn(inReplyTo).filter(isPlainId)
  return {
    ...(parent !== undefined && { 'In-Reply-To': `<${parent}>` }),
    ...(chain.length > 0 && {
      References: chain
        .slice(-maxReferences)
        .map((id) => `<${id}>`)
        .join(' '),
    }),
    'Auto-Submitted': 'auto-replied',
    'X-Auto-Response-Suppress': 'All',
    [ownHeader]: delivery,
  }
}

const maxReferences = 20

/** Something that can stand in a header as it is. An id that we made for a mail without one is in no header. */
function isPlainId(id: string): boolean {
  return /^[\x21-\x7e]{3,500}$/.test(id) && id.includes('@')
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
