/** Mails as citizens' and machines' programs write them, with what a test leaves out filled in. */
import { writeBounce as writeBounceOf, writeMail } from '../../../demo/peers/mail/letters.ts'
import { login } from './imap-server.ts'

export interface Written {
  readonly id?: string
  readonly from?: string
  readonly subject?: string
  readonly text?: string
  readonly date?: string
  /** More header lines. */
  readonly headers?: readonly string[]
}

export function writeLetter({
  id = 'L1@mail.example.com',
  from = '=?gb2312?B?zfXQocP3?= <wang@mail.example.com>',
  text = '望潮路自上周起路灯整晚不亮，请尽快维修。',
  subject = text.slice(0, 12),
  date = 'Sun, 22 Nov 2026 09:30:01 +0800',
  headers = [],
}: Written = {}): string {
  return writeMail({ id, from, to: login.user, subject, text, date, headers })
}

/** The header of that name, unfolded; empty where there is none. */
export function headerOf(raw: string, name: string): string {
  const [head = ''] = raw.split('\r\n\r\n', 1)
  const line = head
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line?.slice(name.length + 1).trim() ?? ''
}

/** What a mail server sends back for a letter that it cannot deliver. */
export function writeBounce(returned: string, id = 'BOUNCE1@mx.example.com'): string {
  return writeBounceOf({
    returned,
    id,
    to: login.user,
    recipient: 'wang@mail.example.com',
    action: 'failed',
    date: 'Sun, 22 Nov 2026 10:30:01 +0800',
  })
}
