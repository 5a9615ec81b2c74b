/** Against a real IMAP server: what is read when, and what is moved when. */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { login, startImapPeer, type ImapPeer } from '../../tests/peers/mail/imap-server.ts'
import { writeLetter } from '../../tests/peers/mail/letters.ts'
import { channelWith, loopbackHttp } from '../../tests/support/adapter-channel.ts'
import { OutgoingError, type Channel, type Cursor, type PollPage } from '../adapter.ts'
import { pollMailbox } from './poll.ts'
import type { ImapSettings, MailboxSettings } from './settings.ts'

async function peer(options: Parameters<typeof startImapPeer>[0] = {}): Promise<ImapPeer> {
  const imap = await startImapPeer(options)
  onTestFinished(() => imap.kill())
  return imap
}

function channelAt(
  port: number,
  imap: Partial<ImapSettings> = { processedFolder: 'Done' },
  other: MailboxSettings = {},
): Channel<MailboxSettings> {
  const settings = {
    imap: { host: '127.0.0.1', port, security: 'none' as const, ...login, ...imap },
    ...other,
  }
  return channelWith<MailboxSettings>(settings, { http: loopbackHttp() })
}

const never = new AbortController().signal

/** A whole round, as the gateway makes it: each page is committed, then the next is asked for. */
async function round(channel: Channel<MailboxSettings>, cursor: Cursor | null = null): Promise<PollPage[]> {
  return Array.fromAsync(pollMailbox(channel, cursor, never))
}

const idsIn = (pages: readonly PollPage[]): string[] =>
  pages.flatMap(
    ({ payload }) => /^Message-ID: <(.+)>/m.exec(Buffer.from(payload?.bytes ?? []).toString())?.[1] ?? [],
  )

describe('a round', () => {
  it('gives one page per mail, byte for byte, and an empty one at the end', async () => {
    const imap = await peer()
    const letter = writeLetter({ id: 'a@b' })
    imap.put(letter)
    imap.put(writeLetter({ id: 'c@d' }))

    const pages = await round(channelAt(imap.port))

    expect(idsIn(pages)).toEqual(['a@b', 'c@d'])
    expect(Buffer.from(pages[0]?.payload?.bytes ?? []).toString()).toBe(letter)
    expect(pages[0]?.payload).toMatchObject({
      headers: { 'content-type': 'message/rfc822' },
      method: 'POLL',
      url: 'imap:INBOX;uid=1',
    })
    expect(pages.map(({ more, cursor }) => [more, cursor['uid']])).toEqual([
      [true, 1],
      [true, 2],
      [false, 2],
    ])
  })

  it('moves each mail away when the gateway comes back for more', async () => {
    const imap = await peer()
    imap.put(writeLetter({ id: 'a@b' }))
    imap.put(writeLetter({ id: 'c@d' }))

    const pages = pollMailbox(channelAt(imap.port), null, never)
    await pages.next()
    const before = imap.letters('Done').length
    await pages.next()
    const between = imap.letters('Done').length
    await pages.next()

    expect([before, between, imap.letters('Done').length, imap.letters('INBOX').length]).toEqual([0, 1, 2, 0])
    await pages.return(undefined)
  })

  it('moves nothing where the commit failed, and reads the mail again', async () => {
    const imap = await peer()
    imap.put(writeLetter({ id: 'a@b' }))
    const pages = pollMailbox(channelAt(imap.port), null, never)
    await pages.next()

    await pages.return(undefined)

    expect([imap.letters('INBOX').length, imap.letters('Done').length]).toEqual([1, 0])
    expect(idsIn(await round(channelAt(imap.port)))).toEqual(['a@b'])
  })

  it('files a mail that was committed when a kill came, without reading it again', async () => {
    const imap = await peer()
    imap.put(writeLetter({ id: 'a@b' }))
    const pages = pollMailbox(channelAt(imap.port), null, never)
    const committed = await pages.next()
    await pages.return(undefined)
    imap.put(writeLetter({ id: 'c@d' }))

    const next = await round(channelAt(imap.port), committed.value?.cursor ?? null)

    expect(idsIn(next)).toEqual(['c@d'])
    expect([imap.letters('INBOX').length, imap.letters('Done').length]).toEqual([0, 2])
  })

  it('goes on behind its cursor; nothing new makes no payload', async () => {
    const imap = await peer()
    imap.put(writeLetter({ id: 'a@b' }))
    const first = await round(channelAt(imap.port, {}))

    const second = await round(channelAt(imap.port, {}), first.at(-1)?.cursor)

    expect(second).toEqual([{ payload: null, cursor: first.at(-1)?.cursor, more: false }])
  })

  it('begins again under a new UIDVALIDITY, for another folder and for another login', async () => {
    const imap = await peer()
    imap.put(writeLetter({ id: 'a@b' }))
    const { cursor } = (await round(channelAt(imap.port, {}))).at(-1) ?? { cursor: null }
    imap.put(writeLetter({ id: 'sent@b' }), 'Sent')

    imap.renumber('INBOX')

    expect(idsIn(await round(channelAt(imap.port, {}), cursor))).toEqual(['a@b'])
    expect(idsIn(await round(channelAt(imap.port, { folder: 'Sent' }), cursor))).toEqual(['sent@b'])
    expect(idsIn(await round(channelAt(imap.port, {}), { ...cursor, source: 'other' }))).toEqual(['a@b'])
  })

  it('leaves what is marked as deleted', async () => {
    const imap = await peer()
    imap.put(writeLetter({ id: 'a@b' }), 'INBOX', ['\\Deleted'])

    expect(idsIn(await round(channelAt(imap.port)))).toEqual([])
  })
})

describe('where mail goes', () => {
  it('a server without MOVE copies and expunges', async () => {
    const imap = await peer({ without: ['MOVE'] })
    imap.put(writeLetter({ id: 'a@b' }))

    await round(channelAt(imap.port))

    expect([imap.letters('INBOX').length, imap.letters('Done').length]).toEqual([0, 1])
  })

  it('without a folder for it mail stays, marked as read and with our keyword', async () => {
    const imap = await peer()
    imap.put(writeLetter({ id: 'a@b' }))

    await round(channelAt(imap.port, {}))

    expect(imap.flags('INBOX')).toEqual([['\\Seen', '$GuiyiTaken']])
  })

  it('where it may not be moved it stays, is marked, and is read once', async () => {
    const imap = await peer({ refuses: ['UID MOVE', 'UID COPY', 'CREATE'] })
    imap.put(writeLetter({ id: 'a@b' }))
    const first = await round(channelAt(imap.port))

    const second = await round(channelAt(imap.port), first.at(-1)?.cursor)

    expect([idsIn(first), idsIn(second)]).toEqual([['a@b'], []])
    expect(imap.flags('INBOX')).toEqual([['\\Seen', '$GuiyiTaken']])
  })

  it('a mail that is too large gives its headers and goes to its own folder, unread', async () => {
    const imap = await peer()
    imap.put(writeLetter({ id: 'big@b', text: 'x'.repeat(5_000) }))
    imap.put(writeLetter({ id: 'small@b' }))

    const pages = await round(
      channelAt(imap.port, { processedFolder: 'Done', failedFolder: 'Large' }, { maxBytes: 2_000 }),
    )

    const large = Buffer.from(pages[0]?.payload?.bytes ?? []).toString()
    expect(pages[0]?.payload?.headers['content-type']).toMatch(/^text\/rfc822-headers; size=\d{4}$/)
    expect(large).toMatch(/^Message-ID: <big@b>[^]*\r\n\r\n$/)
    expect([imap.letters('Large').length, imap.letters('Done').length]).toEqual([1, 1])
    expect(imap.flags('Large')).toEqual([[]])
  })
})

describe('IDLE', () => {
  it('hands over a mail that comes while it waits', async () => {
    const imap = await peer()
    const pages = pollMailbox(channelAt(imap.port, undefined, { idle: true }), null, never)
    const next = pages.next()
    await vi.waitFor(() => expect(imap.idling()).toBe(1))

    imap.put(writeLetter({ id: 'a@b' }))

    expect(idsIn([(await next).value as PollPage])).toEqual(['a@b'])
    await pages.return(undefined)
  })

  it('ends without a fault when it is told to', async () => {
    const imap = await peer()
    const stop = new AbortController()
    const pages = Array.fromAsync(
      pollMailbox(channelAt(imap.port, undefined, { idle: true }), null, stop.signal),
    )
    await vi.waitFor(() => expect(imap.idling()).toBe(1))

    stop.abort()

    expect(await pages).toMatchObject([{ payload: null, more: false }])
  })

  it('is left out where the server cannot', async () => {
    const imap = await peer({ without: ['IDLE'] })

    expect(await round(channelAt(imap.port, undefined, { idle: true }))).toHaveLength(1)
  })
})

describe('a mailbox that cannot be read says why', () => {
  it.each<[string, Partial<ImapSettings>, string]>([
    ['a wrong password', { password: 'wrong' }, 'refuses our login'],
    ['a folder that is not there', { folder: 'Nowhere' }, 'There is no folder'],
    ['a server without STARTTLS', { security: 'starttls' }, 'No secure connection'],
    ['a server without TLS', { security: 'tls' }, 'No secure connection'],
  ])('%s', async (_, imap, words) => {
    const { port } = await peer()

    const refusal = await round(channelAt(port, imap)).catch((error: unknown) => error)

    expect(refusal).toBeInstanceOf(OutgoingError)
    expect((refusal as Error).message).toContain(words)
    expect((refusal as Error).message).not.toContain(login.user)
  })

  it('a port that refuses, and an address that the channel does not allow', async () => {
    const imap = await peer()
    await imap.kill()
    const blocked = {
      ...channelAt(imap.port),
      http: {
        ...loopbackHttp(),
        addressOf: () => Promise.reject(new OutgoingError('not allowed', { sent: 'no', reason: 'blocked' })),
      },
    }

    await expect(round(channelAt(imap.port))).rejects.toThrow(/cannot be reached \(ECONNREFUSED\)/)
    await expect(round(blocked)).rejects.toThrow('not allowed')
    await imap.restart()
  })

  it.each(['', '* OK ready\r\n'])(
    'a server that says %j and then nothing is left when our time is over',
    async (greeting) => {
      const sockets = new Set<Socket>()
      const server = createServer((socket) => {
        sockets.add(socket.on('error', () => {}))
        socket.write(greeting)
      })
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      onTestFinished(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
      const stop = new AbortController()
      const pages = Array.fromAsync(
        pollMailbox(channelAt((server.address() as AddressInfo).port), null, stop.signal),
      )
      await vi.waitFor(() => expect(sockets.size).toBe(1))

      stop.abort()

      await expect(pages).rejects.toThrow('did not answer in our time')
    },
  )
})
