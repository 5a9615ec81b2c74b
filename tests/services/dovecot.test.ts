/** The mailbox's main way against a real dovecot: TLS, IDLE, MOVE, UIDPLUS, its submission service, and a citizen's own mailbox. */
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import PostalMime, { type Email } from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adapterNamed } from '../../adapters/registry.ts'
import { writeLetter } from '../peers/mail/letters.ts'
import { channelWith, loopbackHttp } from '../support/adapter-channel.ts'
import { startHouse, until, type House } from '../support/house.ts'

interface MailUser {
  readonly user: string
  readonly password: string
}
interface MailServer extends MailUser {
  readonly host: string
  readonly imapsPort: number
  readonly smtpPort: number
  readonly ca: string
  readonly users: { readonly citizen: MailUser; readonly neighbour: MailUser }
}

const server = JSON.parse(process.env['GUIYI_TEST_DOVECOT'] ?? 'null') as MailServer | null
const channel = 'letters'
const processed = '已收信件'
let house: House

function mail(): MailServer {
  if (server === null) throw new Error('GUIYI_TEST_DOVECOT is not set. Run this by: npm run test:services')
  return server
}

const imapSettings = () => {
  const { host, imapsPort, user, password, ca } = mail()
  return { host, port: imapsPort, user, password, ca, processedFolder: processed, sentFolder: 'Sent' }
}
const smtpSettings = () => {
  const { host, smtpPort, user, password, ca } = mail()
  return {
    host,
    port: smtpPort,
    security: 'starttls',
    user,
    password,
    ca,
    from: user,
    fromName: '平安区领导信箱',
  }
}
const threadSecret = { secret: 'inbound' }

beforeAll(async () => {
  await inMailbox(mail(), async (client) => {
    await client.mailboxCreate('Sent')
  })
  house = await startHouse([
    {
      channel,
      platform: 'leader-mailbox',
      name: { zh: '测试信箱' },
      state: 'live',
      privateAddresses: ['127.0.0.0/8'],
      feeds: {
        mail: {
          settings: { imap: imapSettings(), own: [mail().user], threadSecret, idle: true, intervalS: 1 },
        },
      },
      reverse: { settings: { imap: imapSettings(), smtp: smtpSettings(), threadSecret } },
      deliveries: { delaysS: [0, 0.2, 0.5, 1, 2], timeoutMs: 10_000 },
    },
  ])
})
afterAll(() => house.stop())

async function inMailbox<T>(user: MailUser, use: (client: ImapFlow) => Promise<T>): Promise<T> {
  const { host, imapsPort, ca } = mail()
  const client = new ImapFlow({
    host,
    port: imapsPort,
    secure: true,
    tls: { ca },
    auth: { user: user.user, pass: user.password },
    logger: false,
  })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.logout()
  }
}

/** Mails of a folder, oldest first. */
async function mailsIn(user: MailUser, folder = 'INBOX'): Promise<Email[]> {
  const sources = await inMailbox(user, async (client) => {
    await client.mailboxOpen(folder, { readOnly: true })
    const found = await client.fetchAll('1:*', { source: true })
    return found.map(({ source }) => source ?? Buffer.alloc(0))
  })
  return Promise.all(sources.map((source) => PostalMime.parse(source)))
}

async function send(user: MailUser, raw: string): Promise<void> {
  const { host, smtpPort, ca } = mail()
  const transport = createTransport({
    host,
    port: smtpPort,
    requireTLS: true,
    tls: { ca },
    auth: { user: user.user, pass: user.password },
  })
  await transport.sendMail({ envelope: { from: user.user, to: [mail().user] }, raw })
  transport.close()
}

test('a citizen’s letter becomes a case, the answers lie in the citizen’s mailbox in its thread, and the reply is a supplement', async () => {
  const { citizen } = mail().users
  await send(citizen, writeLetter({ id: 'D1@mail.example.com', from: `王小明 <${citizen.user}>` }))

  const number = await house.caseOf(channel, 'D1@mail.example.com')
  for (const event of [
    { type: 'registered', content: { flow: 'simple' } },
    { type: 'dispatched', content: { leadUnit: 'U0101' } },
    {
      type: 'resolved',
      content: { answer: '路灯已修复，今晚恢复照明。', solved: 'yes', substantiated: true },
    },
  ] as const)
    expect((await house.append(number, event)).status).toBe(201)
  const answers = await until('both answers arrived', async () => {
    const found = await mailsIn(citizen)
    return found.length >= 2 && found
  })

  expect(answers.map(({ inReplyTo }) => inReplyTo)).toEqual([
    '<D1@mail.example.com>',
    '<D1@mail.example.com>',
  ])
  expect(answers[0]?.text).toContain(number)
  expect(answers[1]?.text).toContain('路灯已修复，今晚恢复照明。')

  await send(
    citizen,
    writeLetter({
      id: 'D2@mail.example.com',
      from: `王小明 <${citizen.user}>`,
      text: '谢谢，但23号灯杆仍然漏电。',
      headers: [
        `In-Reply-To: ${answers[1]?.messageId}`,
        `References: <D1@mail.example.com> ${answers[1]?.messageId}`,
      ],
    }),
  )
  const { events } = await until('the case has the supplement', async () => {
    const read = await house.readCase(number)
    return read.events.some(({ type }) => type === 'supplemented') && read
  })

  const notes = events
    .filter(({ type }) => type === 'supplemented')
    .map(({ content }) => content.internalNote)
  expect(notes).toEqual(['谢谢，但23号灯杆仍然漏电。'])
  await until('both letters are filed', async () => (await mailsIn(mail(), processed)).length === 2)
  expect(await mailsIn(mail())).toEqual([])
  expect(await mailsIn(citizen)).toHaveLength(2)
  expect((await mailsIn(mail(), 'Sent')).map(({ messageId }) => messageId)).toEqual(
    answers.map(({ messageId }) => messageId),
  )
})

test('the connection test speaks of name, TLS, login and rights', async () => {
  const settings = {
    imap: imapSettings(),
    smtp: smtpSettings(),
    threadSecret: 'a-thread-secret-of-32-characters',
  }
  const tested = (own: object) => async () =>
    adapterNamed('mailbox').test?.(
      channelWith<unknown>({ threadSecret: settings.threadSecret, ...own }, { http: loopbackHttp() }),
    )
  const [good, wrong, stranger] = [
    tested(settings),
    tested({ imap: { ...imapSettings(), password: 'wrong' } }),
    tested({ imap: { ...imapSettings(), ca: undefined } }),
  ]

  const [works, login, tls] = [await good(), await wrong(), await stranger()]

  expect(works?.map(({ level, subject }) => `${level} ${subject}`)).toEqual(
    expect.arrayContaining(['ok rights', 'ok login']),
  )
  expect(works?.filter(({ level }) => level === 'error')).toEqual([])
  expect(login).toMatchObject([{ level: 'error', subject: 'login' }])
  expect(tls).toMatchObject([{ level: 'error', subject: 'tls' }])
})
