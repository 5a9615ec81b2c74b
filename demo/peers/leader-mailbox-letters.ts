/** What lands in a leader's mailbox: citizens' letters as different programs write them, and what machines send. */
import type { Person, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import { mailboxOf, mailDate, writeBounce, writeMail, type Mail, type MailFile } from './mail/letters.ts'
import { photosOf } from './photo-album.ts'
import { photoOf } from './photo.ts'

/** A mail of ours, as its reader sees it. */
export interface Answer {
  /** Message-ID, without brackets. */
  readonly id: string
  readonly subject: string
  readonly text: string
  readonly raw: string
}

const words: Readonly<Record<string, string>> = {
  consultation: '咨询：',
  complaint: '投诉：',
  tip_off: '举报：',
  suggestion: '建议：',
  praise: '表扬：',
}
const styles = ['plain', 'gbk', 'html', 'plain'] as const

export function addressOf({ phone }: Person): string {
  return `u${phone}@mail.example.com`
}

export function letterOf({ externalId, message, person }: Submission, office: string): string {
  const style = styles[hashOf(externalId) % styles.length] ?? 'plain'
  return writeMail({
    id: externalId,
    from: senderOf(person, style),
    to: office,
    subject: `${words[message.kind ?? ''] ?? ''}${message.title}`,
    text: `${message.text}\n\n${person.name}\n电话：${person.phone}`,
    date: mailDate(new Date(`${message.time.replace(' ', 'T')}+08:00`)),
    style,
    files: photosIn(externalId),
  })
}

function senderOf(person: Person, style: NonNullable<Mail['style']>): string {
  return mailboxOf(person.name, addressOf(person), style === 'gbk' ? 'gbk' : 'utf-8')
}

function photosIn(externalId: string): MailFile[] {
  return Array.from({ length: photosOf(externalId) }, (_, index) => ({
    name: `现场${index + 1}.png`,
    mediaType: 'image/png',
    bytes: photoOf(`${externalId}-${index + 1}`),
  }))
}

/** In the thread of our answer, which it quotes. */
export function replyTo(answer: Answer, { externalId, person }: Submission, office: string): string {
  return writeMail({
    ...inThread(answer, externalId),
    id: externalId.replace('@', '-re@'),
    from: senderOf(person, 'plain'),
    to: office,
    subject: `Re: ${answer.subject}`,
    text: [
      '补充一点：昨晚又发生了一次，附近老人孩子多，希望优先处理。',
      '',
      '------------------ 原始邮件 ------------------',
      `发件人: <${office}>`,
      `主题: ${answer.subject}`,
      '',
      ...answer.text.split('\n').map((line) => `> ${line}`),
    ].join('\n'),
    date: mailDate(new Date()),
  })
}

/** The citizen is away, and his program says so to everybody. */
export function autoReplyTo(answer: Answer, { externalId, person }: Submission, office: string): string {
  const { headers } = inThread(answer, externalId)
  return writeMail({
    id: externalId.replace('@', '-auto@'),
    from: senderOf(person, 'plain'),
    to: office,
    subject: `自动回复：${answer.subject}`,
    text: '您好，我正在休假，回来后尽快回复您。',
    date: mailDate(new Date()),
    headers: [...headers, 'Auto-Submitted: auto-replied'],
  })
}

/** His server has not put our answer into his mailbox yet. */
export function delayNoticeOf(answer: Answer, { externalId, person }: Submission, office: string): string {
  return writeBounce({
    returned: answer.raw,
    id: externalId.replace('@', '-delay@'),
    to: office,
    recipient: addressOf(person),
    action: 'delayed',
    date: mailDate(new Date()),
  })
}

function inThread(answer: Answer, externalId: string): { headers: string[] } {
  return { headers: [`In-Reply-To: <${answer.id}>`, `References: <${externalId}> <${answer.id}>`] }
}

/** What nobody needs to read, and one that is too large to be taken in. `maxBytes`: the gateway's limit of a letter. */
export function oddMails(
  first: Submission,
  office: string,
  maxBytes: number,
): { readonly what: 'test' | 'broken'; readonly id: string; readonly raw: string }[] {
  const { externalId, person } = first
  const date = mailDate(new Date())
  const ids = {
    news: externalId.replace('@', '-news@'),
    stray: externalId.replace('@', '-stray@'),
    large: externalId.replace('@', '-large@'),
  }
  const newsletter = writeMail({
    id: ids.news,
    from: mailboxOf('城市生活周报', 'weekly@news.example.com'),
    to: office,
    subject: '本周城市生活',
    text: '本周末公园有音乐会，欢迎参加。',
    date,
    headers: ['List-Id: <weekly.news.example.com>', 'List-Unsubscribe: <mailto:off@news.example.com>'],
  })
  const large = writeMail({
    id: ids.large,
    from: senderOf(person, 'plain'),
    to: office,
    subject: '现场视频',
    text: '视频见附件。',
    date,
    files: [{ name: '视频.mp4', mediaType: 'video/mp4', bytes: Buffer.alloc(maxBytes, 7) }],
  })
  const stray = writeBounce({
    returned: newsletter,
    id: ids.stray,
    to: office,
    recipient: 'nobody@mail.example.com',
    action: 'failed',
    date,
  })
  return [
    { what: 'test', id: ids.news, raw: newsletter },
    { what: 'test', id: ids.stray, raw: stray },
    { what: 'broken', id: ids.large, raw: large },
  ]
}

const phrases: readonly (readonly [string, string])[] = [
  ['您的来信已受理', 'accepted'],
  ['已办理，现答复如下', 'answered'],
  ['您的来信收悉', 'rejected'],
]

/** What our mail tells its reader; empty where it is none of our answers. */
export function codeOf({ text }: Answer): string {
  return phrases.find(([phrase]) => text.includes(phrase))?.[1] ?? ''
}
