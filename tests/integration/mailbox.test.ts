/** The way of a letter: from a real mailbox to a case, and the answer back into the citizen's mailbox, in the same thread. */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { decodeWords } from 'postal-mime'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { login, startImapPeer, type ImapPeer } from '../peers/mail/imap-server.ts'
import { headerOf, writeBounce, writeLetter } from '../peers/mail/letters.ts'
import { startSmtpPeer, type SmtpPeer } from '../peers/mail/smtp-server.ts'
import { hotlineChannel, order, startHotline, startHouse, until, type House } from '../support/house.ts'

const channel = 'letters'
let imap: ImapPeer
let smtp: SmtpPeer
let house: House

function mailboxChannel(
  ports: { imap: number; smtp: number },
  other: { channel?: string; idle?: boolean } = {},
): object {
  const mailbox = {
    host: '127.0.0.1',
    port: ports.imap,
    security: 'none',
    user: login.user,
    password: login.password,
    processedFolder: '已收',
    failedFolder: '过大',
    sentFolder: 'Sent',
  }
  return {
    channel: other.channel ?? channel,
    platform: 'leader-mailbox',
    name: { zh: '测试信箱' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    feeds: {
      mail: {
        settings: {
          imap: mailbox,
          own: [login.user],
          threadSecret: { secret: 'inbound' },
          intervalS: 1,
          idle: other.idle ?? false,
          maxBytes: 100_000,
        },
      },
    },
    reverse: {
      settings: {
        imap: mailbox,
        smtp: {
          host: '127.0.0.1',
          port: ports.smtp,
          security: 'none',
          user: login.user,
          password: login.password,
          from: login.user,
          fromName: '平安区领导信箱',
        },
        threadSecret: { secret: 'inbound' },
      },
    },
    deliveries: { delaysS: [0, 0.05, 0.1, 0.2, 0.5], timeoutMs: 3_000 },
  }
}

beforeAll(async () => {
  imap = await startImapPeer()
  smtp = await startSmtpPeer()
  house = await startHouse([mailboxChannel({ imap: imap.port, smtp: smtp.port })])
})
afterAll(async () => {
  await house.stop()
  await smtp.kill()
  await imap.kill()
})

const resolved = { answer: '路灯已修复，今晚恢复照明。', solved: 'yes', substantiated: true } as const
const lettersTo = (to: string) => smtp.arrived.filter((letter) => letter.to.includes(to))
const textOf = (raw: string) => {
  const [, body = ''] = raw.split(/\r\n\r\n/, 2)
  const encoding = headerOf(raw, 'content-transfer-encoding')
  return encoding === 'base64' ? Buffer.from(body, 'base64').toString() : body
}

async function recordsOf(externalId: string): Promise<{ end: string; reason: { detail: string } | null }[]> {
  return await house.gateway.deps.db.sql`
    select r."end", r.reason from records r where r.identity = ${externalId} order by r.created_at`
}

/** A letter that was stored, has its case, and was moved. */
async function arrivedCase(id: string, letter: Parameters<typeof writeLetter>[0] = {}): Promise<string> {
  imap.put(writeLetter({ id, ...letter }))
  const number = await house.caseOf(channel, id)
  await until('the letter is filed', async () => imap.letters('已收').some((raw) => raw.includes(`<${id}>`)))
  return number
}

async function answered(number: string): Promise<void> {
  for (const event of [
    { type: 'registered', content: { flow: 'simple' } },
    { type: 'dispatched', content: { leadUnit: 'U0101' } },
    { type: 'resolved', content: resolved },
  ] as const)
    expect((await house.append(number, event)).status).toBe(201)
}

test('a letter becomes a case, and acceptance and result go back into its thread, each once', async () => {
  const to = 'a1@mail.example.com'
  const number = await arrivedCase('A1@mail.example.com', { from: `王小明 <${to}>` })

  await answered(number)
  await until('both answers arrived', async () => lettersTo(to).length >= 2)
  const [accepted, result] = lettersTo(to)

  expect(headerOf(accepted?.raw ?? '', 'in-reply-to')).toBe('<A1@mail.example.com>')
  expect(headerOf(accepted?.raw ?? '', 'references')).toBe('<A1@mail.example.com>')
  expect(headerOf(accepted?.raw ?? '', 'auto-submitted')).toBe('auto-replied')
  expect(decodeWords(headerOf(accepted?.raw ?? '', 'subject'))).toBe('Re: 望潮路自上周起路灯整晚不')
  expect(textOf(accepted?.raw ?? '')).toContain(number)
  expect(textOf(result?.raw ?? '')).toContain(resolved.answer)
  expect(headerOf(result?.raw ?? '', 'message-id')).not.toBe(headerOf(accepted?.raw ?? '', 'message-id'))
  await until('copies lie in Sent', async () => imap.letters('Sent').length >= 2)
  expect(lettersTo(to)).toHaveLength(2)
})

test('the citizen’s address stands nowhere in the clear: not in the working copy, the events, the deliveries or the log', async () => {
  const to = 'secret-citizen@mail.example.com'
  const number = await arrivedCase('A2@mail.example.com', {
    from: `陈女士 <${to}>`,
    text: '麦田街道风车社区夜里装修噪音大。',
  })

  await answered(number)
  await until('the answers arrived', async () => lettersTo(to).length === 2)
  const tables = await house.gateway.deps.db.sql<{ text: string }[]>`
    select (select json_agg(r)::text from reports r) || (select json_agg(e)::text from case_events e)
      || (select json_agg(d)::text from deliveries d) || (select json_agg(a)::text from delivery_attempts a) as text`

  expect(tables[0]?.text).not.toContain(to)
  expect(house.log.join('')).not.toContain(to)
})

test('a reply to our answer is a supplement of the same case, without what it quotes', async () => {
  const to = 'a3@mail.example.com'
  const number = await arrivedCase('A3@mail.example.com', {
    from: `<${to}>`,
    text: '云杉街道柚园社区垃圾桶满了三天没有清运。',
  })
  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  await until('we answered', async () => lettersTo(to).length === 1)
  const ours = headerOf(lettersTo(to)[0]?.raw ?? '', 'message-id')

  imap.put(
    writeLetter({
      id: 'A3-reply@mail.example.com',
      from: `<${to}>`,
      subject: 'Re: Re: 反映',
      text: '补充：还有老鼠。\n\n------------------ 原始邮件 ------------------\n发件人: "平安区领导信箱"\n您的来信已受理',
      headers: [`In-Reply-To: ${ours}`, `References: <A3@mail.example.com> ${ours}`],
    }),
  )
  const events = await until('the case has the supplement', async () => {
    const read = await house.readCase(number)
    return read.events.some(({ type }) => type === 'supplemented') && read.events
  })

  const [supplement, ...more] = events.filter(({ type }) => type === 'supplemented')
  expect(supplement?.content.internalNote).toBe('补充：还有老鼠。')
  expect(more).toEqual([])
})

test('a second letter in a thread that we have not answered yet belongs to the same case', async () => {
  const number = await arrivedCase('T1@mail.example.com', { text: '清澜街道听松社区健身器材损坏。' })

  imap.put(
    writeLetter({
      id: 'T2@mail.example.com',
      text: '已经三天了，请问什么时候处理？',
      headers: ['In-Reply-To: <T1@mail.example.com>'],
    }),
  )

  expect(await house.caseOf(channel, 'T2@mail.example.com')).toBe(number)
})

test('a reply to an id that only looks like ours is a letter of its own', async () => {
  const forged = `<g1.${Buffer.from('A1@mail.example.com').toString('base64url')}.delivery.AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA@example.gov.cn>`

  imap.put(
    writeLetter({
      id: 'A4@mail.example.com',
      text: '鹤洲街道渡口社区井盖丢失。',
      headers: [`In-Reply-To: ${forged}`],
    }),
  )

  expect(await house.caseOf(channel, 'A4@mail.example.com')).toMatch(/^PS/)
})

test('automatic replies, lists, strangers’ bounces and our own mail are filtered, each with its reason, and filed', async () => {
  imap.put(writeLetter({ id: 'F1@mail.example.com', subject: '自动回复：休假中' }))
  imap.put(writeLetter({ id: 'F2@mail.example.com', headers: ['List-Id: <news.example.com>'] }))
  imap.put(writeLetter({ id: 'F3@mail.example.com', from: login.user }))
  imap.put(writeBounce(writeLetter({ id: 'other@example.com' }), 'F4@mx.example.com'))

  const reasons = await Promise.all(
    ['F1@mail.example.com', 'F2@mail.example.com', 'F3@mail.example.com', 'F4@mx.example.com'].map((id) =>
      until(`${id} has its end`, async () => (await recordsOf(id))[0]),
    ),
  )

  expect(reasons.map(({ end }) => end)).toEqual(['filtered', 'filtered', 'filtered', 'filtered'])
  expect(reasons.map(({ reason }) => reason?.detail.slice(0, 4))).toEqual([
    '自动回复',
    '群发或订',
    '本信箱自',
    '与本信箱',
  ])
  await until('they are filed', async () => imap.letters('INBOX').length === 0)
})

test('an answer that comes back is noted in the case', async () => {
  const to = 'a5@mail.example.com'
  const number = await arrivedCase('A5@mail.example.com', {
    from: `<${to}>`,
    text: '清澜街道石桥头社区公交站牌倒了。',
  })
  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  await until('we answered', async () => lettersTo(to).length === 1)

  imap.put(writeBounce(lettersTo(to)[0]?.raw ?? ''))
  const { events } = await until('the case knows', async () => {
    const read = await house.readCase(number)
    return read.events.some(({ type }) => type === 'noted') && read
  })

  const note = events.find(({ type }) => type === 'noted')
  expect(note?.content).toMatchObject({ reasonCode: 'delivery_receipt', decision: 'refused' })
  expect(lettersTo(to)).toHaveLength(1)
})

test('a letter that is too large goes to quarantine with its headers, and to the folder for such', async () => {
  imap.put(writeLetter({ id: 'BIG@mail.example.com', text: '大'.repeat(60_000) }))

  await until('it is filed', async () => imap.letters('过大').length === 1)
  const [quarantined] = await house.gateway.deps.db.sql<{ reason: { code: string; detail: string } }[]>`
    select reason from records where channel_id = ${channel} and "end" = 'quarantined'`

  expect(quarantined?.reason.code).toBe('payload.too-large')
  expect(quarantined?.reason.detail).toMatch(/^The mail has \d{6} bytes; 100000 are allowed/)
})

test('after a new UIDVALIDITY everything is read again, and what is known ends as repeats', async () => {
  const reports = async () =>
    (await house.gateway.deps.db.sql<{ n: number }[]>`select count(*)::int as n from reports`)[0]?.n
  await arrivedCase('V1@mail.example.com', { text: '麦田街道工业园社区夜间施工。' })
  const before = await reports()

  imap.renumber('INBOX')
  imap.put(writeLetter({ id: 'V1@mail.example.com', text: '麦田街道工业园社区夜间施工。' }))
  imap.put(writeLetter({ id: 'V2@mail.example.com', text: '麦田街道麦田社区停水两天。' }))
  await house.caseOf(channel, 'V2@mail.example.com')

  expect((await recordsOf('V1@mail.example.com')).map(({ end }) => end)).toEqual(['report', 'repeat'])
  expect(await reports()).toBe((before ?? 0) + 1)
})

test('a mail server that is killed and comes back loses nothing, and nothing is sent twice', async () => {
  const to = 'k1@mail.example.com'
  const number = await arrivedCase('K1@mail.example.com', {
    from: `<${to}>`,
    text: '鹤洲街道新圩里社区树木倒伏。',
  })
  await imap.kill()
  await smtp.kill()
  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  await until('the outage was noticed', async () => house.log.some((line) => line.includes('poll.failed')))

  await imap.restart()
  await smtp.restart()
  imap.put(writeLetter({ id: 'K2@mail.example.com', text: '鹤洲街道三棵榕社区路面塌陷。' }))

  expect(await house.caseOf(channel, 'K2@mail.example.com')).toMatch(/^PS/)
  await until('the answer arrived', async () => {
    const [dead] = await house.gateway.deps.db.sql<{ id: string }[]>`
      select d.id from deliveries d join reports r on r.id = d.report_id where r.external_id = 'K1@mail.example.com' and d.state = 'dead'`
    if (dead !== undefined) await house.admin(`/deliveries/${dead.id}/replay`, {})
    return lettersTo(to).length > 0
  })
  expect(lettersTo(to)).toHaveLength(1)
})

test('an answer whose taking is open is found in the sent folder, else left to a person, never sent again', async () => {
  const to = 'u1@mail.example.com'
  const number = await arrivedCase('U1@mail.example.com', {
    from: `<${to}>`,
    text: '云杉街道半坡社区路灯杆倾斜。',
  })
  smtp.next.push('lost')

  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  const state = await until('a person is asked', async () => {
    const [row] = await house.gateway.deps.db.sql<{ state: string; reason: string }[]>`
      select d.state, d.reason from deliveries d join reports r on r.id = d.report_id
      where r.external_id = 'U1@mail.example.com' and d.state = 'uncertain'`
    return row
  })

  expect(state.reason).toContain('not in the sent folder')
  expect(lettersTo(to)).toHaveLength(1)
})

test('a mail server that says nothing stalls no other channel', async () => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {})))
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
  const { port } = silent.address() as AddressInfo
  const [hotline, speaking] = await Promise.all([startHotline(), startImapPeer()])
  const other = await startHouse([
    mailboxChannel({ imap: port, smtp: port }, { channel: 'silent' }),
    mailboxChannel({ imap: speaking.port, smtp: smtp.port }, { channel: 'speaking', idle: true }),
    hotlineChannel(hotline.url),
  ])
  onTestFinished(async () => {
    await other.stop()
    await Promise.all([hotline.close(), speaking.kill()])
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  await until('the silent server was called', async () => sockets.size > 0)
  const sent = order()

  await other.accepted('hotline-a', sent)
  const number = await other.caseOf('hotline-a', sent.order_no)
  await other.append(number, { type: 'registered', content: { flow: 'simple' } })
  speaking.put(writeLetter({ id: 'S1@mail.example.com', text: '清澜街道望潮社区自来水浑浊。' }))

  await until('the hotline was told', async () => hotline.told.some(({ body }) => body['status'] === '20'))
  expect(await other.caseOf('speaking', 'S1@mail.example.com')).toMatch(/^PS/)
})
