import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import type { RawPayload, SourceFile } from '../adapter.ts'
import { decodeLetter } from './decode-apart.ts'
import { letterOf } from './decode.ts'
import type { MailboxSettings } from './settings.ts'
import { answerId } from './thread.ts'

const secret = 'a-thread-secret-of-32-characters'
const ours = `<${answerId({ letter: 'A1@mail.example', delivery: 'd1', to: 'wang@mail.example', domain: 'example.gov.cn' }, secret)}>`
const appeal = '望潮路路灯不亮，请尽快维修。'
const traditional = '望潮路路燈不亮，請盡快維修。'

interface Read {
  readonly value: { readonly [field: string]: unknown }
  readonly files: readonly SourceFile[]
}

function payloadOf(bytes: Uint8Array, contentType = 'message/rfc822'): RawPayload {
  return {
    bytes,
    headers: { 'content-type': contentType },
    method: 'POLL',
    url: 'imap:INBOX;uid=1',
    receivedAt: new Date('2026-11-22T04:00:00Z'),
  }
}

/** Lines of ASCII, and bytes that go in as they are. */
async function read(lines: readonly (string | Uint8Array)[], settings: MailboxSettings = {}): Promise<Read> {
  const bytes = Buffer.concat(
    lines.flatMap((line) => [typeof line === 'string' ? Buffer.from(line) : line, Buffer.from('\r\n')]),
  )
  const record = await letterOf(payloadOf(bytes), { threadSecret: secret, ...settings })
  if (record.kind !== 'record') throw new Error(record.detail)
  return { value: record.value as Read['value'], files: record.files ?? [] }
}

const base = [
  'Message-ID: <m1@mail.example>',
  'From: =?GBK?B?zfXQocP3?= <wang@mail.example>',
  'Date: Sun, 22 Nov 2026 10:00:00 +0800',
]

describe('a letter', () => {
  it('is read with its people, time, text and what it belongs to', async () => {
    const { value } = await read([
      ...base,
      'To: "Letters, office" <letters@example.gov.cn>, a@b.example',
      'Cc: g: c@d.example;',
      'Reply-To: reply@mail.example',
      'Subject: hello',
      '',
      appeal,
    ])

    expect(value).toEqual({
      id: 'm1@mail.example',
      messageId: 'm1@mail.example',
      kind: 'letter',
      date: '2026-11-22T02:00:00.000Z',
      from: { name: '王小明', address: 'wang@mail.example' },
      replyTo: [{ name: null, address: 'reply@mail.example' }],
      to: [
        { name: 'Letters, office', address: 'letters@example.gov.cn' },
        { name: null, address: 'a@b.example' },
      ],
      cc: [{ name: null, address: 'c@d.example' }],
      subject: 'hello',
      text: appeal,
      references: [],
      thread: 'm1@mail.example',
      headers: {},
      attachments: [],
    })
  })

  it('without Message-ID is known by its bytes', async () => {
    const first = await read(['From: a@b.example', '', appeal])
    const again = await read(['From: a@b.example', '', appeal])
    const other = await read(['From: a@b.example', '', `${appeal}!`])

    expect(first.value['id']).toMatch(/^sha256-[0-9a-f]{40}$/)
    expect(again.value['id']).toBe(first.value['id'])
    expect(other.value['id']).not.toBe(first.value['id'])
  })

  it.each([
    ['Date: Sun, 22 Nov 2026 10:00:00 +0800', undefined, '2026-11-22T02:00:00.000Z'],
    ['Date: 22 Nov 2026 10:00', undefined, '2026-11-22T02:00:00.000Z'],
    ['Date: Sun, 22 Nov 2026 10:00:00 CST', undefined, '2026-11-22T02:00:00.000Z'],
    ['Date: Sun, 22 Nov 2026 10:00:00 +0800 (GMT+08:00)', undefined, '2026-11-22T02:00:00.000Z'],
    [
      'Date: Fri, 31 Dec 9999 23:59:59 GMT',
      'Received: by mx; Sun, 22 Nov 2026 11:00:00 +0800',
      '2026-11-22T03:00:00.000Z',
    ],
    ['Date: 20261122', 'Received: by mx; Sun, 22 Nov 2026 11:00:00 +0800', '2026-11-22T03:00:00.000Z'],
    ['Date: yesterday', undefined, undefined],
    ['X-Date: none', undefined, undefined],
  ])('%s is %s', async (date, received, expected) => {
    const { value } = await read([
      'From: a@b.example',
      date,
      ...(received === undefined ? [] : [received]),
      '',
      'x',
    ])

    expect(value['date']).toBe(expected)
  })
})

describe('text in any charset', () => {
  it.each([
    ['gb2312', 'gb2312', iconv.encode(appeal, 'gbk')],
    ['GBK', 'GBK', iconv.encode(appeal, 'gbk')],
    ['gb18030 with a rare character', 'gb18030', iconv.encode(appeal, 'gb18030')],
    ['big5', 'big5', iconv.encode(traditional, 'big5')],
    ['utf-8', 'utf-8', Buffer.from(appeal)],
    ['utf-7', 'utf-7', iconv.encode(appeal, 'utf-7')],
    ['utf-16 with a mark', 'utf-16', iconv.encode(appeal, 'utf-16', { addBOM: true })],
    ['none, GBK bytes', undefined, iconv.encode(appeal, 'gbk')],
    ['none, UTF-8 bytes', undefined, Buffer.from(appeal)],
    ['us-ascii, GBK bytes', 'us-ascii', iconv.encode(appeal, 'gbk')],
    ['gb2312, UTF-8 bytes', 'gb2312', Buffer.from(appeal)],
    ['utf-8, GBK bytes', 'utf-8', iconv.encode(appeal, 'gbk')],
    ['iso-8859-1, GBK bytes', 'iso-8859-1', iconv.encode(appeal, 'gbk')],
    ['a name that nobody knows', 'x-mystery', iconv.encode(appeal, 'gbk')],
    ['a name that is another encoding', 'base64', iconv.encode(appeal, 'gbk')],
  ])('%s', async (name, charset, bytes) => {
    const type = charset === undefined ? 'text/plain' : `text/plain; charset=${charset}`
    const { value } = await read([
      ...base,
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(bytes).toString('base64'),
    ])

    expect(value['text']).toBe(name === 'big5' ? traditional : appeal)
  })

  it('keeps the accents of a real European text', async () => {
    const { value } = await read([
      ...base,
      'Content-Type: text/plain; charset=iso-8859-1',
      '',
      iconv.encode('José from Zürich says: très bien', 'latin1'),
    ])

    expect(value['text']).toBe('José from Zürich says: très bien')
  })

  it('in quoted-printable and in flowed lines', async () => {
    const quoted = await read([
      ...base,
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '=E8=B7=AF=E7=81=',
      '=AF',
    ])
    const flowed = await read([
      ...base,
      'Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes',
      '',
      '路灯 ',
      '不亮',
      ' >真的',
    ])

    expect([quoted.value['text'], flowed.value['text']]).toEqual(['路灯', '路灯不亮\n>真的'])
  })

  it('of a header in raw GBK', async () => {
    const { value } = await read([
      ...base,
      Buffer.concat([Buffer.from('Subject: '), iconv.encode('路灯不亮', 'gbk')]),
      '',
      'x',
    ])

    expect(value['subject']).toBe('路灯不亮')
  })

  it.each([
    ['=?utf-8?B?6Lev54GvIOS4jeS6rg==?=', '路灯 不亮'],
    ['=?gb2312?B?wrfGuA==?= =?gb2312?B?srvBwQ==?=', '路聘不亮'],
    ['=?utf-8?Q?=E8=B7?= =?utf-8?Q?=AF=E7=81=AF?=', '路灯'],
    ['=?unknown-8bit?B?wre1xg==?=', '路灯'],
    ['=?utf-8?X?broken?= x', '=?utf-8?X?broken?= x'],
  ])('of the encoded words %s', async (subject, expected) => {
    const { value } = await read([...base, `Subject: ${subject}`, '', 'x'])

    expect(value['subject']).toBe(expected)
  })
})

describe('bodies', () => {
  it('of HTML alone are given as text too', async () => {
    const { value } = await read([
      ...base,
      'Content-Type: text/html; charset=utf-8',
      '',
      '<style>p{}</style><p>路灯<b>不亮</b></p><p>请维修<img src="cid:a"></p>',
    ])

    expect(value['text']).toBe('路灯不亮\n\n请维修')
    expect(value['html']).toContain('<b>不亮</b>')
  })

  it('of HTML that names its charset itself', async () => {
    const { value } = await read([
      ...base,
      'Content-Type: text/html',
      '',
      iconv.encode('<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>路灯</p>', 'gbk'),
    ])

    expect(value['text']).toBe('路灯')
  })

  it('in two forms are read from the plain one', async () => {
    const { value } = await read([
      ...base,
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      '路灯不亮',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p>路灯<b>不亮</b></p>',
      '--b--',
    ])

    expect([value['text'], value['html']]).toEqual(['路灯不亮', '<p>路灯<b>不亮</b></p>\n'])
  })

  it('of HTML with more open tags than a parser can bear are read all the same', async () => {
    const { value } = await read([
      ...base,
      'Content-Type: text/html; charset=utf-8',
      '',
      `${'<div>'.repeat(40_000)}路灯不亮`,
    ])

    expect(value['text']).toBe('路灯不亮')
  })

  it('that are longer than a report’s text are cut, and go along whole', async () => {
    const { value, files } = await read([
      ...base,
      'Content-Type: text/plain; charset=utf-8',
      '',
      '长'.repeat(120_000),
    ])

    expect(value['text']).toHaveLength(90_000)
    expect(value['attachments']).toMatchObject([{ url: 'part:text', bytes: 360_000 }])
    expect(Buffer.from(files[0]?.bytes ?? []).toString()).toBe('长'.repeat(120_000))
  })
})

describe('files', () => {
  const mixed = [
    ...base,
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'x',
  ]

  it.each([
    ['RFC 2231', "Content-Disposition: attachment; filename*=gbk''%CF%D6%B3%A1.jpg"],
    [
      'RFC 2231 in pieces',
      "Content-Disposition: attachment; filename*0*=utf-8''%E7%8E%B0; filename*1*=%E5%9C%BA; filename*2=.jpg",
    ],
    ['encoded words', 'Content-Disposition: attachment; filename="=?gb2312?B?z9azoS5qcGc=?="'],
    [
      'raw GBK',
      Buffer.concat([
        Buffer.from('Content-Disposition: attachment;\r\n filename="'),
        iconv.encode('现场', 'gbk'),
        Buffer.from('.jpg"'),
      ]),
    ],
    ['raw UTF-8', 'Content-Disposition: attachment; filename="现场.jpg"'],
    ['the type alone', 'Content-Type: image/jpeg; name="=?utf-8?B?546w5Zy6LmpwZw==?="'],
  ])('have their names, written as %s', async (_, disposition) => {
    const type = Buffer.from(disposition).toString('latin1').startsWith('Content-Type')
      ? []
      : ['Content-Type: image/jpeg']
    const { value, files } = await read([
      ...mixed,
      '--b',
      ...type,
      disposition,
      'Content-Transfer-Encoding: base64',
      '',
      '/9j/4A==',
      '--b--',
    ])

    expect(value['attachments']).toEqual([
      { url: 'part:2', name: '现场.jpg', mediaType: 'image/jpeg', bytes: 4 },
    ])
    expect(files).toEqual([
      {
        url: 'part:2',
        name: '现场.jpg',
        mediaType: 'image/jpeg',
        bytes: new Uint8Array([255, 216, 255, 224]),
      },
    ])
  })

  it('within the HTML are known by their content id, a second of the same by its place', async () => {
    const picture = ['--b', 'Content-Type: image/png', 'Content-ID: <a@b>', '', 'x']
    const { value } = await read([...mixed, ...picture, ...picture, '--b--'])

    expect(value['attachments']).toMatchObject([{ url: 'cid:a@b' }, { url: 'part:3' }])
  })

  it('that are too large are named, with their size, and left in the stored mail', async () => {
    const { value, files } = await read(
      [...mixed, '--b', 'Content-Disposition: attachment; filename=a.bin', '', 'x'.repeat(50), '--b--'],
      { maxAttachmentBytes: 10 },
    )

    expect(value['attachments']).toMatchObject([{ name: 'a.bin', bytes: 51, tooLarge: true }])
    expect(files).toEqual([])
  })

  it('that are mails themselves stay files: what another wrote is not the letter', async () => {
    const { value } = await read([
      ...mixed,
      '--b',
      'Content-Type: message/rfc822',
      '',
      'From: other@mail.example',
      'Subject: 别人的信',
      '',
      '别人写的',
      '--b--',
    ])

    expect(value['text']).toBe('x')
    expect(value['attachments']).toMatchObject([{ url: 'part:2', mediaType: 'message/rfc822' }])
  })
})

describe('threads', () => {
  it('a reply to an answer of ours is about its letter, and says whether its writer is the one we wrote to', async () => {
    const same = await read([
      ...base,
      `In-Reply-To: ${ours}`,
      'Subject: Re: x',
      '',
      '谢谢\r\n\r\n-----原始邮件-----\r\n旧',
    ])
    const other = await read([
      'Message-ID: <m2@x>',
      'From: liu@mail.example',
      `References: <A1@mail.example> ${ours}`,
      '',
      '谢谢',
    ])

    expect(same.value).toMatchObject({
      kind: 'reply',
      about: 'A1@mail.example',
      thread: 'A1@mail.example',
      sender: 'same',
      text: '谢谢',
      quoted: '-----原始邮件-----\n旧',
    })
    expect(other.value).toMatchObject({ kind: 'reply', about: 'A1@mail.example', sender: 'other' })
  })

  it('a reply in a thread that we never wrote in is a letter, and names the thread', async () => {
    const { value } = await read([
      ...base,
      'In-Reply-To: <b@mail.example>',
      'References: <a@mail.example> <b@mail.example>',
      '',
      '今晚仍然不亮\r\n\r\n> 旧',
    ])

    expect(value).toMatchObject({
      kind: 'letter',
      thread: 'a@mail.example',
      text: '今晚仍然不亮',
      quoted: '> 旧',
    })
    expect(value).not.toHaveProperty('about')
  })

  it('a letter that is passed on keeps what it passes on', async () => {
    const { value } = await read([
      ...base,
      'In-Reply-To: <b@mail.example>',
      'Subject: =?utf-8?B?6L2s5Y+R77ya5oqV6K+J?=',
      '',
      '请看\r\n-----原始邮件-----\r\n路灯不亮',
    ])

    expect(value['text']).toBe('请看\n-----原始邮件-----\n路灯不亮')
    expect(value).not.toHaveProperty('quoted')
  })
})

describe('the kind of a mail', () => {
  it.each<[string, string[], string]>([
    ['a header of RFC 3834', ['Auto-Submitted: auto-replied (vacation)'], 'auto-reply'],
    ['an older header', ['X-Autoreply: yes'], 'auto-reply'],
    ['a precedence', ['Precedence: auto_reply'], 'auto-reply'],
    ['a null return path', ['Return-Path: <>'], 'auto-reply'],
    ['a subject', ['Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSN77ya5LyR5YGH?='], 'auto-reply'],
    ['an English subject', ['Subject: Automatic reply: out'], 'auto-reply'],
    [
      'an automatic reply in our thread',
      [`In-Reply-To: ${ours}`, 'Auto-Submitted: auto-replied'],
      'auto-reply',
    ],
    [
      'a reading receipt',
      ['Content-Type: multipart/report; report-type=disposition-notification; boundary=b'],
      'auto-reply',
    ],
    ['a list', ['List-Id: <x>'], 'list'],
    ['a mass mailing', ['Precedence: bulk'], 'list'],
    ['our own header', ['X-Guiyi-Delivery: 1'], 'loop'],
    [
      'an endless way',
      Array.from({ length: 41 }, () => 'Received: by mx; Sun, 22 Nov 2026 11:00:00 +0800'),
      'loop',
    ],
    [
      'a human who says it is none',
      ['Auto-Submitted: no', 'Subject: =?utf-8?B?6Ieq5Yqo5omj6LS55oqV6K+J?='],
      'letter',
    ],
  ])('is told by %s', async (_, headers, kind) => {
    expect((await read([...base, ...headers, '', 'x'])).value['kind']).toBe(kind)
  })

  it('is told by an address of our own', async () => {
    const { value } = await read(['From: Letters@Example.gov.cn', '', 'x'], {
      own: ['letters@example.gov.cn'],
    })

    expect(value['kind']).toBe('loop')
  })

  it('a mail of a program counts as a letter where the channel says so', async () => {
    const { value } = await read([...base, 'Auto-Submitted: auto-generated', 'Precedence: bulk', '', 'x'], {
      accepts: ['auto-reply', 'list'],
    })

    expect(value['kind']).toBe('letter')
  })

  it('a bounce of our answer is about its letter, whether it returns the headers or the mail', async () => {
    const bounce = (part: readonly string[]): Promise<Read> =>
      read([
        'Return-Path: <>',
        'From: MAILER-DAEMON@mx.example',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        '',
        'failed',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Action: delayed',
        '--b',
        ...part,
        '--b--',
      ])
    const headers = await bounce(['Content-Type: text/rfc822-headers', '', `Message-ID: ${ours}`])
    const whole = await bounce(['Content-Type: message/rfc822', '', `Message-ID: ${ours}`, '', 'x'])
    const strange = await bounce(['Content-Type: message/rfc822', '', 'Message-ID: <other@x>', '', 'x'])

    expect([headers, whole].map(({ value }) => [value['kind'], value['about'], value['action']])).toEqual([
      ['bounce', 'A1@mail.example', 'delayed'],
      ['bounce', 'A1@mail.example', 'delayed'],
    ])
    expect(strange.value).toMatchObject({ kind: 'bounce' })
    expect(strange.value).not.toHaveProperty('about')
  })
})

describe('what is refused', () => {
  it.each<[string, Buffer, string, MailboxSettings]>([
    ['a mail that was cut to its headers', Buffer.from('From: a@b.example\r\n\r\n'), 'payload.too-large', {}],
    [
      'more bytes than allowed',
      Buffer.from(`From: a@b.example\r\n\r\n${'x'.repeat(2_000)}`),
      'payload.too-large',
      { maxBytes: 1_000 },
    ],
    [
      'more parts than allowed',
      Buffer.from(
        `From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(30)}--b--`,
      ),
      'payload.too-many-parts',
      { maxParts: 20 },
    ],
    [
      'endless parts',
      Buffer.from(`From: a@b.example\r\n\r\n${'--b\r\n'.repeat(6_000)}`),
      'payload.too-many-lines',
      {},
    ],
    [
      'parts within parts',
      Buffer.from(
        `From: a@b.example\r\n${Array.from({ length: 40 }, (_, index) => `Content-Type: multipart/mixed; boundary=b${index}\r\n\r\n--b${index}\r\n`).join('')}`,
      ),
      'payload.too-deep',
      {},
    ],
    ['what is no mail', Buffer.from('<html>'), 'payload.not-mail', {}],
  ])('%s', async (name, bytes, code, settings) => {
    const type = name.includes('cut to') ? 'text/rfc822-headers; size=30000000' : 'message/rfc822'

    await expect(letterOf(payloadOf(bytes, type), settings)).rejects.toMatchObject({
      code,
      name: 'DecodeError',
    })
  })

  it('of a mail that was cut is told how large it is', async () => {
    const cut = payloadOf(Buffer.from('From: a@b.example\r\n\r\n'), 'text/rfc822-headers; size=30000000')

    await expect(letterOf(cut, {})).rejects.toThrow('The mail has 30000000 bytes; 26214400 are allowed.')
  })
})

describe('a large mail, in a thread of its own', () => {
  const large = Buffer.from(
    `${base.join('\r\n')}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Disposition: attachment; filename=a.bin\r\n\r\n${'x'.repeat(300_000)}\r\n--b--\r\n`,
  )

  it('gives the same record as in place', async () => {
    expect(await decodeLetter(payloadOf(large), {})).toEqual(await letterOf(payloadOf(large), {}))
  })

  it('is refused with the same words', async () => {
    await expect(decodeLetter(payloadOf(large), { maxBytes: 1_000 })).rejects.toMatchObject({
      name: 'DecodeError',
      code: 'payload.too-large',
    })
  })
})
