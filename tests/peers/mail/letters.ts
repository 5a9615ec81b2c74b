/** Mails as citizens' and machines' programs write them. */

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
  const lines = [
    `Message-ID: <${id}>`,
    `From: ${from}`,
    'To: letters@example.gov.cn',
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Date: ${date}`,
    ...headers,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ]
  const body =
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g)
      ?.join('\r\n') ?? ''
  return `${lines.join('\r\n')}\r\n\r\n${body}\r\n`
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

/** What a mail server sends back for a letter that it cannot deliver (RFC 3464). */
export function writeBounce(returned: string, id = 'BOUNCE1@mx.example.com'): string {
  const [head = ''] = returned.split('\r\n\r\n', 1)
  return [
    `Message-ID: <${id}>`,
    'Return-Path: <>',
    'From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>',
    'To: letters@example.gov.cn',
    'Subject: Undelivered Mail Returned to Sender',
    'Date: Sun, 22 Nov 2026 10:30:01 +0800',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="=b"',
    '',
    '--=b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'The mailbox is unavailable.',
    '--=b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    '',
    'Final-Recipient: rfc822; wang@mail.example.com',
    'Action: failed',
    'Status: 5.1.1',
    '--=b',
    'Content-Type: text/rfc822-headers',
    '',
    head,
    '--=b--',
    '',
  ].join('\r\n')
}
