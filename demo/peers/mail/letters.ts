/** Mails as citizens' and machines' programs write them. */
import iconv from 'iconv-lite'

export interface MailFile {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Buffer
}

export interface Mail {
  /** Message-ID, without brackets. */
  readonly id: string
  /** As the header has it. */
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  /** As the header has it. */
  readonly date: string
  /** More header lines. */
  readonly headers?: readonly string[]
  /** How its text is written; `plain` in UTF-8 where missing. */
  readonly style?: 'plain' | 'gbk' | 'html'
  readonly files?: readonly MailFile[]
}

const boundary = '=_part'

/** The bytes of a mail: ASCII, since all else is encoded. */
export function writeMail({ id, from, to, subject, text, date, ...rest }: Mail): string {
  const { headers = [], style = 'plain', files = [] } = rest
  const body = textPart(text, style)
  return [
    `Message-ID: <${id}>`,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${headerWords(subject, style === 'gbk' ? 'gbk' : 'utf-8')}`,
    `Date: ${date}`,
    ...headers,
    'MIME-Version: 1.0',
    ...(files.length === 0
      ? body
      : [
          `Content-Type: multipart/mixed; boundary="${boundary}"`,
          '',
          ...[body, ...files.map(filePart)].flatMap((part) => [`--${boundary}`, ...part]),
          `--${boundary}--`,
        ]),
    '',
  ].join('\r\n')
}

/** `"name" <address>`, its name in that charset. */
export function mailboxOf(name: string, address: string, charset: 'utf-8' | 'gbk' = 'utf-8'): string {
  return `${headerWords(name, charset)} <${address}>`
}

/** `Sun, 22 Nov 2026 09:30:01 +0800`. */
export function mailDate(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toUTCString().replace('GMT', '+0800')
}

/** What a mail server sends back about a letter that it cannot deliver, or not yet (RFC 3464). */
export function writeBounce({
  returned,
  id,
  to,
  recipient,
  action,
  date,
}: {
  readonly returned: string
  readonly id: string
  readonly to: string
  readonly recipient: string
  readonly action: 'failed' | 'delayed'
  readonly date: string
}): string {
  const [head = ''] = returned.split('\r\n\r\n', 1)
  const isFailed = action === 'failed'
  return [
    `Message-ID: <${id}>`,
    'Return-Path: <>',
    'From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>',
    `To: ${to}`,
    `Subject: ${isFailed ? 'Undelivered Mail Returned to Sender' : 'Delayed Mail (still being retried)'}`,
    `Date: ${date}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="=b"',
    '',
    '--=b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    isFailed ? 'The mailbox is unavailable.' : 'The mailbox is busy. It will be tried again.',
    '--=b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${isFailed ? '5.1.1' : '4.2.0'}`,
    '--=b',
    'Content-Type: text/rfc822-headers',
    '',
    head,
    '--=b--',
    '',
  ].join('\r\n')
}

function textPart(text: string, style: 'plain' | 'gbk' | 'html'): string[] {
  const type = { plain: 'text/plain; charset=utf-8', gbk: 'text/plain; charset=gb2312', html: 'text/html' }
  const content = style === 'html' ? pageOf(text) : text
  const bytes = style === 'gbk' ? iconv.encode(content, 'gbk') : Buffer.from(content)
  return [`Content-Type: ${type[style]}`, ...encoded(bytes)]
}

/** Names its charset itself, as web mailers do. */
function pageOf(text: string): string {
  const lines = text.split('\n').map((line) => `<div>${line === '' ? '<br>' : line}</div>`)
  return `<html><head><meta charset="utf-8"><style>div{line-height:1.6}</style></head><body>${lines.join('')}</body></html>`
}

function filePart({ name, mediaType, bytes }: MailFile): string[] {
  return [
    `Content-Type: ${mediaType}; name="${headerWords(name, 'utf-8')}"`,
    `Content-Disposition: attachment; filename="${headerWords(name, 'utf-8')}"`,
    ...encoded(bytes),
  ]
}

function encoded(bytes: Buffer): string[] {
  return ['Content-Transfer-Encoding: base64', '', ...(bytes.toString('base64').match(/.{1,76}/g) ?? [])]
}

/** Encoded words (RFC 2047) of at most 75 characters each. */
function headerWords(text: string, charset: 'utf-8' | 'gbk'): string {
  const pieces = text.match(/.{1,12}/gu) ?? []
  return pieces
    .map((piece) => `=?${charset}?B?${iconv.encode(piece, charset).toString('base64')}?=`)
    .join('\r\n ')
}
