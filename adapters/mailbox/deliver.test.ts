/** Against a real SMTP server and a real IMAP server: what becomes of a letter, and what goes out. */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import PostalMime from 'postal-mime'
import { describe, expect, it, onTestFinished } from 'vitest'
import { login, startImapPeer, type ImapPeer } from '../../tests/peers/mail/imap-server.ts'
import { headerOf } from '../../tests/peers/mail/letters.ts'
import { startSmtpPeer, type Behaviour, type SmtpPeer } from '../../tests/peers/mail/smtp-server.ts'
import { channelWith, loopbackHttp, noon, noticeOf } from '../../tests/support/adapter-channel.ts'
import { createAuthority } from '../../tests/support/certificates.ts'
import { OutgoingError, type Channel } from '../adapter.ts'
import { deliverLetter, lookUpLetter } from './deliver.ts'
import type { ImapSettings, MailboxSettings, SmtpSettings } from './settings.ts'
import { placeIn } from './thread.ts'

const threadSecret = 'a-thread-secret-of-32-characters'
const body = {
  to: 'wang@mail.example',
  toName: '王小明',
  subject: 'Re: 望潮路路灯不亮',
  text: '您好！\n\n路灯已修复。\n',
  inReplyTo: 'A1@mail.example',
  references: ['A0@mail.example', 'A1@mail.example'],
}
const notice = noticeOf({ body, source: { externalId: 'A1@mail.example', references: [], extra: {} } })
const never = new AbortController().signal

async function smtpPeer(tls?: Parameters<typeof startSmtpPeer>[0]): Promise<SmtpPeer> {
  const smtp = await startSmtpPeer(tls)
  onTestFinished(() => smtp.kill())
  return smtp
}

async function imapPeer(): Promise<ImapPeer> {
  const imap = await startImapPeer()
  onTestFinished(() => imap.kill())
  return imap
}

function channelAt(
  port: number,
  parts: { smtp?: Partial<SmtpSettings>; imap?: Partial<ImapSettings> } & Partial<
    Channel<MailboxSettings>
  > = {},
): Channel<MailboxSettings> {
  const { smtp, imap, ...more } = parts
  const settings: MailboxSettings = {
    smtp: {
      host: '127.0.0.1',
      port,
      security: 'none',
      ...login,
      from: 'letters@example.gov.cn',
      fromName: '平安区领导信箱',
      ...smtp,
    },
    ...(imap && { imap: { host: '127.0.0.1', security: 'none', ...login, ...imap } }),
    threadSecret,
  }
  return channelWith<MailboxSettings>(settings, {
    http: loopbackHttp(),
    request: () => ({ settings: {}, judge: ({ status }) => (status === 250 ? { kind: 'delivered' } : null) }),
    lookup: () => ({
      settings: {},
      body: undefined,
      judge: ({ body: answer }) => ((answer as { found: boolean }).found ? 'delivered' : 'unknown'),
    }),
    ...more,
  })
}

describe('the letter', () => {
  it('goes to the citizen, in the thread, in plain text, and tells machines not to answer', async () => {
    const smtp = await smtpPeer()

    await deliverLetter(notice, channelAt(smtp.port), never)
    const [letter] = smtp.arrived
    const raw = letter?.raw ?? ''
    const mail = await PostalMime.parse(raw)

    expect(letter).toMatchObject({ from: 'letters@example.gov.cn', to: ['wang@mail.example'] })
    expect(mail).toMatchObject({
      from: { name: '平安区领导信箱', address: 'letters@example.gov.cn' },
      to: [{ name: '王小明', address: 'wang@mail.example' }],
      subject: body.subject,
      text: body.text,
      inReplyTo: '<A1@mail.example>',
      references: '<A0@mail.example> <A1@mail.example>',
      date: noon.toISOString(),
    })
    expect(headerOf(raw, 'content-type')).toBe('text/plain; charset=utf-8')
    expect([headerOf(raw, 'auto-submitted'), headerOf(raw, 'x-auto-response-suppress')]).toEqual([
      'auto-replied',
      'All',
    ])
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThan(998)
  })

  it('has a Message-ID that leads a reply back, the same on every try', async () => {
    const smtp = await smtpPeer()

    await deliverLetter(notice, channelAt(smtp.port), never)
    await deliverLetter({ ...notice, try: 2 }, channelAt(smtp.port), never)
    const ids = smtp.arrived.map(({ raw }) => headerOf(raw, 'message-id').slice(1, -1))

    expect(ids[1]).toBe(ids[0])
    expect(placeIn(ids, [threadSecret])?.letter).toBe('A1@mail.example')
  })

  it('answers a letter that had no Message-ID without a thread', async () => {
    const smtp = await smtpPeer()
    const { inReplyTo: _, ...rest } = body

    await deliverLetter(
      { ...notice, body: { ...rest, references: ['sha256-1'] } },
      channelAt(smtp.port),
      never,
    )

    expect([
      headerOf(smtp.arrived[0]?.raw ?? '', 'in-reply-to'),
      headerOf(smtp.arrived[0]?.raw ?? '', 'references'),
    ]).toEqual(['', ''])
  })

  it('carries no header that the mapping’s values bring along', async () => {
    const smtp = await smtpPeer()
    const evil = 'x\r\nBcc: victim@mail.example\r\nX-Evil: 1'

    const outcome = await deliverLetter(
      {
        ...notice,
        body: {
          ...body,
          toName: evil,
          subject: evil,
          inReplyTo: `<${evil}>`,
          references: [evil, '<a@b>\r\nX-Evil: 1'],
        },
      },
      channelAt(smtp.port, { smtp: { fromName: evil } }),
      never,
    )

    expect(outcome.kind).toBe('delivered')
    const head = smtp.arrived[0]?.raw.split('\r\n\r\n')[0] ?? ''
    expect(head).not.toMatch(/^(bcc|x-evil):/im)
    expect(smtp.arrived[0]?.to).toEqual(['wang@mail.example'])
  })

  it.each([
    'wang@mail.example, liu@mail.example',
    'wang@mail.example\r\nDATA',
    '<wang@mail.example>',
    'wang',
    '王@mail.example',
    'g: wang@mail.example;',
  ])('is not sent to %j', async (to) => {
    const smtp = await smtpPeer()

    const outcome = await deliverLetter({ ...notice, body: { ...body, to } }, channelAt(smtp.port), never)

    expect(outcome.kind).toBe('permanent')
    expect('detail' in outcome && outcome.detail).not.toContain('wang')
    expect(smtp.arrived).toEqual([])
  })

  it.each<[string, unknown, Partial<MailboxSettings>]>([
    ['no subject', { to: body.to, text: 'x' }, {}],
    ['no body', undefined, {}],
    ['no thread secret', body, { threadSecret: undefined as never }],
    ['no server', body, { smtp: undefined as never }],
  ])('with %s is permanent', async (_, written, settings) => {
    const channel = channelAt(1)

    const outcome = await deliverLetter(
      { ...notice, body: written },
      { ...channel, settings: { ...channel.settings, ...settings } },
      never,
    )

    expect(outcome.kind).toBe('permanent')
  })
})

describe('what the server says', () => {
  it.each<[string, Behaviour, string]>([
    ['250', 'take', 'delivered'],
    ['451 after the letter', 'busy', 'transient'],
    ['554 after the letter', 'refuse', 'permanent'],
    ['nothing, and breaks off after the letter', 'lost', 'ambiguous'],
  ])('%s', async (_, behaviour, kind) => {
    const smtp = await smtpPeer()
    smtp.next.push(behaviour)

    expect(await deliverLetter(notice, channelAt(smtp.port), never)).toMatchObject({ kind })
  })

  it('nothing after the letter until our time is over: perhaps taken', async () => {
    const smtp = await smtpPeer()
    smtp.next.push('silent')
    const stop = new AbortController()

    const outcome = deliverLetter(notice, channelAt(smtp.port), stop.signal)
    await smtp.reached('silent')
    stop.abort()

    expect(await outcome).toMatchObject({ kind: 'ambiguous' })
  })

  it('an address that it does not know is permanent, a login that it refuses is tried again', async () => {
    const smtp = await smtpPeer()
    smtp.unknown.add('wang@mail.example')

    expect(await deliverLetter(notice, channelAt(smtp.port), never)).toMatchObject({
      kind: 'permanent',
      detail: expect.stringContaining('550'),
    })
    const refused = await deliverLetter(notice, channelAt(smtp.port, { smtp: { password: 'wrong' } }), never)
    expect(refused).toMatchObject({ kind: 'transient', detail: expect.stringContaining('login') })
    expect(JSON.stringify(refused)).not.toContain('wrong')
  })

  it('a port that refuses is transient, an address that is not allowed permanent', async () => {
    const smtp = await startSmtpPeer()
    await smtp.kill()
    const blocked = {
      ...loopbackHttp(),
      addressOf: () => Promise.reject(new OutgoingError('not allowed', { sent: 'no', reason: 'blocked' })),
    }

    expect(await deliverLetter(notice, channelAt(smtp.port), never)).toMatchObject({ kind: 'transient' })
    expect(await deliverLetter(notice, channelAt(smtp.port, { http: blocked }), never)).toMatchObject({
      kind: 'permanent',
    })
  })

  it.each(['', '220 ready\r\n'])(
    'a server that says %j and nothing more surely has nothing',
    async (greeting) => {
      const sockets = new Set<Socket>()
      const server = createServer((socket) => {
        sockets.add(socket.on('error', () => {}))
        socket.write(greeting)
        stop.abort()
      })
      const stop = new AbortController()
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      onTestFinished(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })

      const outcome = await deliverLetter(
        notice,
        channelAt((server.address() as AddressInfo).port),
        stop.signal,
      )

      expect(outcome).toMatchObject({ kind: 'transient' })
    },
  )

  it('a mapping whose rules fail on the answer leaves it open', async () => {
    const smtp = await smtpPeer()
    const request = (): ReturnType<Channel<unknown>['request']> => ({
      settings: {},
      judge: () => {
        throw new Error('no such field')
      },
    })

    expect(await deliverLetter(notice, channelAt(smtp.port, { request }), never)).toMatchObject({
      kind: 'ambiguous',
    })
  })

  it('a request that the mapping lacks is permanent', async () => {
    const request = (): never => {
      throw new Error('no such request')
    }

    expect(await deliverLetter(notice, channelAt(1, { request }), never)).toMatchObject({ kind: 'permanent' })
  })
})

describe('the connection', () => {
  it.each<[string, 'tls' | 'starttls', boolean]>([
    ['TLS from the first byte', 'tls', true],
    ['STARTTLS', 'starttls', false],
  ])('by %s checks the certificate against the name', async (_, security, secure) => {
    const authority = createAuthority()
    onTestFinished(() => authority.remove())
    const { certificate, key } = authority.sign('localhost')
    const smtp = await smtpPeer({ key, cert: certificate, secure })
    const at = (settings: Partial<SmtpSettings>): Channel<MailboxSettings> =>
      channelAt(smtp.port, {
        smtp: { host: 'localhost', security, ...settings },
        http: { ...loopbackHttp(), addressOf: async () => '127.0.0.1' },
      })

    expect(await deliverLetter(notice, at({ ca: authority.certificate }), never)).toMatchObject({
      kind: 'delivered',
    })
    expect(await deliverLetter(notice, at({}), never)).toMatchObject({
      kind: 'transient',
      detail: expect.stringContaining('No secure connection'),
    })
    expect(
      await deliverLetter(notice, at({ host: 'other.example', ca: authority.certificate }), never),
    ).toMatchObject({ kind: 'transient' })
  })

  it('gives no password to a server that offers no STARTTLS where it is wanted', async () => {
    const smtp = await smtpPeer()

    expect(
      await deliverLetter(notice, channelAt(smtp.port, { smtp: { security: 'starttls' } }), never),
    ).toMatchObject({ kind: 'transient' })
    expect(smtp.arrived).toEqual([])
  })
})

describe('the sent folder', () => {
  it('gets a copy, in which the letter is found afterwards', async () => {
    const [smtp, imap] = [await smtpPeer(), await imapPeer()]
    const channel = channelAt(smtp.port, { imap: { port: imap.port, sentFolder: 'Sent' } })

    expect(await deliverLetter(notice, channel, never)).toMatchObject({ kind: 'delivered' })

    expect(imap.letters('Sent').map((raw) => headerOf(raw, 'message-id'))).toEqual([
      headerOf(smtp.arrived[0]?.raw ?? '', 'message-id'),
    ])
    expect(await lookUpLetter(notice, channel, never)).toMatchObject({ kind: 'delivered' })
    expect(await lookUpLetter({ ...notice, idempotencyKey: 'another' }, channel, never)).toMatchObject({
      kind: 'ambiguous',
    })
  })

  it('that cannot be reached leaves a sent letter sent, and says so', async () => {
    const [smtp, imap] = [await smtpPeer(), await imapPeer()]

    const outcome = await deliverLetter(
      notice,
      channelAt(smtp.port, { imap: { port: imap.port, password: 'wrong', sentFolder: 'Sent' } }),
      never,
    )

    expect(outcome).toMatchObject({ kind: 'delivered', detail: expect.stringContaining('not filed') })
  })

  it('without the letter proves nothing: asked again some times, then a person decides', async () => {
    const imap = await imapPeer()
    const channel = channelAt(1, { imap: { port: imap.port, sentFolder: 'Sent' } })

    expect(await lookUpLetter({ ...notice, try: 2 }, channel, never)).toMatchObject({ kind: 'ambiguous' })
    expect(await lookUpLetter({ ...notice, try: 4 }, channel, never)).toMatchObject({ kind: 'permanent' })
  })

  it('that is not set or cannot be asked is no answer', async () => {
    const imap = await imapPeer()
    const port = imap.port
    await imap.kill()

    expect(await lookUpLetter(notice, channelAt(1), never)).toMatchObject({ kind: 'permanent' })
    expect(
      await lookUpLetter(notice, channelAt(1, { imap: { port, sentFolder: 'Sent' } }), never),
    ).toMatchObject({ kind: 'ambiguous' })
    await imap.restart()
  })
})
