/** One matter through six platforms is one case; each is told each state in its own codes and words. */
import { randomUUID } from 'node:crypto'
import { BasicAuthSecurity, createClientAsync } from 'soap'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NewCaseEvent } from '../../schemas/case.ts'
import { login, startImapPeer, type ImapPeer } from '../peers/mail/imap-server.ts'
import { writeLetter } from '../peers/mail/letters.ts'
import { startSmtpPeer, type SmtpPeer } from '../peers/mail/smtp-server.ts'
import { digitalUrbanDdl, insertRow, orderRow } from '../support/digital-urban.ts'
import { createExchangeDatabase, ledgerDdl, type ExchangeDatabase } from '../support/exchange-database.ts'
import { forumChannel, startForum, type Forum } from '../support/forum-peer.ts'
import { formOf, gridAppChannel, pixel, startGridApp, type GridApp } from '../support/grid-peers.ts'
import {
  hotline12319Channel,
  ordersText,
  startHotline12319,
  workOrder,
  type Hotline12319,
} from '../support/hotline-12319.ts'
import { hotlineChannel, inboundSecret, order, startHotline, startHouse, until } from '../support/house.ts'
import type { Hotline, House } from '../support/house.ts'

let hotline: Hotline
let soapHotline: Hotline12319
let exchange: ExchangeDatabase
let imap: ImapPeer
let smtp: SmtpPeer
let forum: Forum
let gridApp: GridApp
let house: House

function urbanChannel(): object {
  return {
    channel: 'szcg',
    platform: 'digital-urban',
    name: { zh: '测试数字城管' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    feeds: {
      exchange: {
        settings: {
          ...exchange.settings(exchange.reader),
          intervalS: 1,
          poll: { table: 't_case', cursor: { by: 'id', column: 'row_id', window: 100 } },
        },
      },
    },
    reverse: {
      settings: {
        ...exchange.settings(exchange.writer),
        tables: { status: 't_case_status', request: 't_case_request' },
        ledger: 'guiyi_ledger',
        orders: { table: 't_case', number: 'task_no', status: 'state' },
      },
    },
  }
}

function lettersChannel(): object {
  const account = { host: '127.0.0.1', security: 'none', user: login.user, password: login.password }
  const mailbox = { ...account, port: imap.port, processedFolder: '已收', sentFolder: 'Sent' }
  return {
    channel: 'letters',
    platform: 'leader-mailbox',
    name: { zh: '测试信箱' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    feeds: {
      mail: {
        settings: { imap: mailbox, own: [login.user], threadSecret: { secret: 'inbound' }, intervalS: 1 },
      },
    },
    reverse: {
      settings: {
        imap: mailbox,
        smtp: { ...account, port: smtp.port, from: login.user, fromName: '平安区领导信箱' },
        threadSecret: { secret: 'inbound' },
      },
    },
  }
}

beforeAll(async () => {
  exchange = await createExchangeDatabase(`${digitalUrbanDdl} ${ledgerDdl('PostgreSQL')}`)
  await exchange.sql.unsafe(`
    grant select on t_case to ${exchange.reader.user}, ${exchange.writer.user};
    grant select, insert on t_case_status, t_case_request to ${exchange.writer.user};
    grant select, insert, update on guiyi_ledger to ${exchange.writer.user}`)
  ;[hotline, soapHotline, imap, smtp, forum, gridApp] = await Promise.all([
    startHotline(),
    startHotline12319(),
    startImapPeer(),
    startSmtpPeer(),
    startForum(),
    startGridApp(),
  ])
  house = await startHouse([
    hotlineChannel(hotline.url),
    hotline12319Channel(soapHotline.url),
    urbanChannel(),
    lettersChannel(),
    forumChannel(forum.url),
    gridAppChannel(gridApp.url),
  ])
})
afterAll(async () => {
  await house.stop()
  await Promise.all([
    hotline.close(),
    soapHotline.stop(),
    smtp.kill(),
    imap.kill(),
    forum.stop(),
    gridApp.close(),
  ])
  await exchange.drop()
})

interface Voice {
  readonly channel: string
  readonly externalId: string
  /** What this platform's own store shows of its report, oldest first. */
  shows(): Promise<string[]>
  /** In its own codes: accepted, resolved, and a case that begins anew. */
  readonly codes: { readonly accepted: string; readonly resolved: string; readonly received?: string }
}

interface Spot {
  readonly road: string
  readonly crossing: string
  readonly citizen: string
  readonly thread: string
}

/** The same broken manhole cover, as six people say it in six systems. */
async function sayIt({ road, crossing, citizen, thread }: Spot): Promise<Voice[]> {
  const place = `${road}与${crossing}交叉口`
  const first = order({
    category: '0212',
    title: `${road}井盖破损`,
    content: `云杉街道${place}井盖破损，中间塌陷，电动车经过很危险，请尽快更换。`,
    address: `云杉街道${place}`,
    caller: { name: '王小明', phone: '13800001234' },
  })
  await house.accepted('hotline-a', first)
  await house.caseOf('hotline-a', first.order_no)

  const { gdbh, xml } = workOrder({
    dlbm: '10',
    xlbm: '1002',
    bt: `${road}路口井盖破损塌陷`,
    ajms: `${place}的井盖破损塌陷下去一块，骑电动车差点摔倒，希望马上更换井盖。`,
    jdbm: 'YS',
    ajdz: place,
  })
  const client = await createClientAsync(
    `${house.gateway.url}/v1/channels/hotline-12319/feeds/workorder?wsdl`,
  )
  client.setSecurity(new BasicAuthSecurity('hotline12319', inboundSecret))
  await client['submitWorkOrderAsync']({ gdxml: ordersText(xml) })

  const row = orderRow({
    case_kind: '1',
    small_class: '0102',
    problem_code: '02',
    component_code: 'WS-0231',
    title: '井盖破损',
    content: `${place}污水井盖破损塌陷，存在安全隐患。`,
    address: place,
    street_code: '990100002',
    undertakers: '市政中心',
  })
  await insertRow(exchange.sql, row)

  const letter = `L-${randomUUID()}@mail.example.com`
  imap.put(
    writeLetter({
      id: letter,
      from: `林先生 <${citizen}>`,
      subject: `反映${road}井盖破损`,
      text: `您好：${place}有个井盖破损塌陷，电动车经过很危险，已有老人摔倒，请安排更换井盖。`,
    }),
  )

  forum.post({
    id: thread,
    title: `${road}井盖破损没人管`,
    text: `${road}和${crossing}路口井盖破损塌陷好几天了，电动车经过很危险，没人管吗？`,
  })

  const report = `WGT${thread}`
  const { raw, contentType } = await formOf([
    {
      name: 'data',
      body: JSON.stringify({
        msg_type: 'REPORT',
        report_no: report,
        report_type: '1',
        category: 'B02',
        title: `${road}井盖破损`,
        description: `网格员巡查发现${place}井盖破损塌陷，已摆放警示锥。`,
        found_at: '2026-11-20 10:05:00',
        street: 'YS',
        address: `云杉街道${place}`,
        worker_no: 'W-031',
      }),
    },
    { name: 'photo', fileName: 'cover.png', type: 'image/png', body: pixel },
  ])
  const headers = { 'content-type': contentType }
  expect((await house.push('grid-app-a', undefined, { raw, headers })).status).toBe(202)

  return [
    {
      channel: 'hotline-a',
      externalId: first.order_no,
      shows: async () =>
        hotline.told.flatMap(({ body }) =>
          body['order_no'] === first.order_no ? [String(body['status'])] : [],
        ),
      codes: { accepted: '20', resolved: '60', received: '10' },
    },
    {
      channel: 'hotline-12319',
      externalId: gdbh,
      shows: async () => soapHotline.booked.flatMap((one) => (one.gdbh === gdbh ? [one.ztbm] : [])),
      codes: { accepted: '03', resolved: '14', received: '01' },
    },
    {
      channel: 'szcg',
      externalId: row.task_no,
      shows: async () =>
        (
          await exchange.sql<{ node_code: string }[]>`
            select node_code from t_case_status where task_no = ${row.task_no} order by id`
        ).map(({ node_code }) => node_code),
      codes: { accepted: '03', resolved: '07', received: '01' },
    },
    {
      channel: 'letters',
      externalId: letter,
      shows: async () =>
        smtp.arrived
          .filter(({ to }) => to.includes(citizen))
          .map((mail) => (bodyOf(mail.raw).includes('现答复如下') ? 'result' : 'accepted')),
      codes: { accepted: 'accepted', resolved: 'result' },
    },
    {
      channel: 'forum',
      externalId: thread,
      shows: async () => forum.replies.filter((reply) => reply.thread === thread).map(({ status }) => status),
      codes: { accepted: 'accepted', resolved: 'replied' },
    },
    {
      channel: 'grid-app-a',
      externalId: report,
      shows: async () => (gridApp.seen.get(report) ?? []).map(({ status }) => String(status)),
      codes: { accepted: '01', resolved: '05' },
    },
  ]
}

const bodyOf = (raw: string) => {
  const [head = '', body = ''] = raw.split(/\r\n\r\n(.*)/s, 2)
  return /^content-transfer-encoding: base64/im.test(head) ? Buffer.from(body, 'base64').toString() : body
}

async function append(
  number: string,
  event: Omit<NewCaseEvent, 'eventId' | 'occurredAt'> & Partial<NewCaseEvent>,
): Promise<void> {
  const answer = await house.append(number, event)
  if (answer.status !== 201) throw new Error(`${event.type}: ${answer.status} ${await answer.text()}`)
}

const allShow = async (voices: readonly Voice[], codeOf: (voice: Voice) => string) => {
  const shown = await Promise.all(voices.map((voice) => voice.shows()))
  return voices.every((voice, index) => shown[index]?.includes(codeOf(voice)))
}

test('a manhole cover reported through six platforms is one case, and all six are told of it in their own codes', async () => {
  const voices = await sayIt({
    road: '翠竹路',
    crossing: '银杏街',
    citizen: 'lin@mail.example.com',
    thread: '1204001',
  })
  const numbers = await Promise.all(
    voices.map(({ channel, externalId }) => house.caseOf(channel, externalId)),
  )

  expect(numbers).toEqual(numbers.map(() => numbers[0]))
  const [number = ''] = numbers
  await append(number, { type: 'registered', content: { flow: 'simple' } })
  await until('all six know that it was accepted', () => allShow(voices, ({ codes }) => codes.accepted))
  await append(number, { type: 'dispatched', content: { leadUnit: 'SZZX' } })
  await append(number, {
    type: 'resolved',
    content: { answer: '井盖已更换，路面已恢复。', substantiated: true, solved: 'yes' },
  })
  await until('all six know the result', () => allShow(voices, ({ codes }) => codes.resolved))
  await append(number, { type: 'closed' })

  const shown = await Promise.all(voices.map((voice) => voice.shows()))
  for (const codes of shown) expect(codes).toEqual([...new Set(codes)])
  expect(shown[3]).toEqual(['accepted', 'result'])
  expect(shown[4]).toEqual(['accepted', 'replied'])
})

test('one that is taken out again is told what now holds for it, the other five of their own', async () => {
  const voices = await sayIt({
    road: '望潮路',
    crossing: '听松街',
    citizen: 'zhao@mail.example.com',
    thread: '1204002',
  })
  const [number = ''] = await Promise.all(
    voices.map(({ channel, externalId }) => house.caseOf(channel, externalId)),
  )
  await append(number, { type: 'registered', content: { flow: 'simple' } })
  await until('all six know that it was accepted', () => allShow(voices, ({ codes }) => codes.accepted))
  const urban = voices.find(({ channel }) => channel === 'szcg') as Voice
  const before = (await urban.shows()).length
  const { case: joined } = await house.readCase(number)
  const report = joined.sources.find(({ externalId }) => externalId === urban.externalId)?.report

  const answer = await fetch(`${house.gateway.url}/v1/dispatch/cases/${number}/split`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.dispatchKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ report, eventId: randomUUID(), clerk: 'C-07' }),
  })
  const { case: own } = (await answer.json()) as { case: string }
  await append(own, { type: 'rejected', content: { publicText: '该井盖不在本区管养范围。' } })
  await append(number, { type: 'dispatched', content: { leadUnit: 'SZZX' } })
  await append(number, {
    type: 'resolved',
    content: { answer: '井盖已更换。', substantiated: true, solved: 'yes' },
  })
  const others = voices.filter((voice) => voice !== urban)
  await until('the other five know the result', () => allShow(others, ({ codes }) => codes.resolved))
  await until('the one taken out knows its own end', async () => (await urban.shows()).length >= before + 2)

  const [received, ...later] = (await urban.shows()).slice(before)
  expect(received).toBe(urban.codes.received)
  expect(later).not.toContain(urban.codes.resolved)
})
