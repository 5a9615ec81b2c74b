import { expect, it, onTestFinished } from 'vitest'
import { login, startImapPeer, type ImapPeer } from '../../tests/peers/mail/imap-server.ts'
import { writeLetter } from '../../tests/peers/mail/letters.ts'
import { startSmtpPeer } from '../../tests/peers/mail/smtp-server.ts'
import { channelWith, loopbackHttp } from '../../tests/support/adapter-channel.ts'
import { createAuthority } from '../../tests/support/certificates.ts'
import type { Finding } from '../adapter.ts'
import { testMailbox } from './connection-test.ts'
import type { ImapSettings, MailboxSettings } from './settings.ts'

const threadSecret = 'a-thread-secret-of-32-characters'

async function peer(options?: Parameters<typeof startImapPeer>[0]): Promise<ImapPeer> {
  const imap = await startImapPeer(options)
  onTestFinished(() => imap.kill())
  return imap
}

async function findings(settings: MailboxSettings): Promise<string[]> {
  const found: Finding[] = await testMailbox(channelWith(settings, { http: loopbackHttp() }))
  return found.map(({ level, subject, detail }) => `${level} ${subject}: ${detail}`)
}

function imapAt(port: number, other: Partial<ImapSettings> = {}): ImapSettings {
  return { host: '127.0.0.1', port, security: 'none', ...login, ...other }
}

it('a mailbox that works says how much lies in it, and what is plain about it', async () => {
  const imap = await peer()
  imap.put(writeLetter())

  const found = await findings({
    imap: imapAt(imap.port, { processedFolder: 'Done', sentFolder: 'Sent' }),
    threadSecret,
  })

  expect(found).toEqual([
    expect.stringMatching(/^warning tls: imap.security is none/),
    'ok rights: The folder "INBOX" can be read: 1 mails, and the server tells of new ones (IDLE).',
    'warning rights: There is no folder "Done" yet: it is made with the first letter, if the login may.',
  ])
  expect(imap.letters('INBOX')).toHaveLength(1)
})

it('an empty mailbox, a folder for copies that is not there, and no secret are warned of', async () => {
  const imap = await peer({ without: ['IDLE'] })

  const found = await findings({ imap: imapAt(imap.port, { sentFolder: 'Copies' }) })

  expect(found.slice(1)).toEqual([
    'ok rights: The folder "INBOX" can be read: 0 mails.',
    'warning empty: The folder "INBOX" is empty at the moment.',
    expect.stringMatching(/^warning settings: processedFolder is missing/),
    expect.stringMatching(/^warning rights: There is no folder "Copies": copies/),
    expect.stringMatching(/^warning settings: threadSecret is missing/),
  ])
})

it.each<[string, Partial<ImapSettings>, RegExp]>([
  ['the login', { password: 'wrong' }, /^error login: .*授权码/],
  ['the folder', { folder: 'Nowhere' }, /^error rights: There is no folder "Nowhere"/],
  ['TLS', { security: 'tls' }, /^error tls: /],
])('what fails is named: %s', async (_, other, expected) => {
  const imap = await peer()

  expect((await findings({ imap: imapAt(imap.port, other), threadSecret })).at(-1)).toMatch(expected)
})

it('a port that refuses is named', async () => {
  const imap = await startImapPeer()
  await imap.kill()

  expect((await findings({ imap: imapAt(imap.port), threadSecret })).at(-1)).toMatch(
    /^error name: .*ECONNREFUSED/,
  )
})

it('TLS is checked against our own authority', async () => {
  const authority = createAuthority()
  onTestFinished(() => authority.remove())
  const { certificate, key } = authority.sign('localhost')
  const imap = await peer({ tls: { key, cert: certificate } })

  const trusted = await findings({
    imap: imapAt(imap.port, { security: 'tls', ca: authority.certificate, processedFolder: 'Done' }),
    threadSecret,
  })
  const unknown = await findings({ imap: imapAt(imap.port, { security: 'tls' }), threadSecret })

  expect(trusted[0]).toMatch(/^ok rights/)
  expect(unknown).toEqual([expect.stringMatching(/^error tls: No secure connection/)])
})

it('the SMTP server is greeted and logged in to, and gets no letter', async () => {
  const smtp = await startSmtpPeer()
  onTestFinished(() => smtp.kill())
  const settings = {
    host: '127.0.0.1',
    port: smtp.port,
    security: 'none' as const,
    ...login,
    from: login.user,
  }

  const good = await findings({ smtp: settings, threadSecret })
  const bad = await findings({ smtp: { ...settings, password: 'wrong' } })

  expect(good).toEqual([
    expect.stringMatching(/^warning tls: smtp.security/),
    expect.stringMatching(/^ok login/),
  ])
  expect(bad).toEqual([
    expect.stringMatching(/^warning tls/),
    expect.stringMatching(/^error login/),
    expect.stringMatching(/^error settings: threadSecret/),
  ])
  expect(smtp.arrived).toEqual([])
})

it('a channel with neither has nothing to test', async () => {
  expect(await findings({})).toEqual([expect.stringMatching(/^error settings/)])
})
