/** 数字城管 by XML over HTTP, both ways: its orders come as XML, its interface learns each node and answers our requests. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { XMLParser } from 'fast-xml-parser'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NewCaseEvent } from '../../schemas/case.ts'
import { inboundSecret, startHouse, until, type House } from '../support/house.ts'

type Fields = { readonly [field: string]: unknown }

/** What their interface booked, oldest first; a number that comes again is answered with 1. */
interface Urban {
  readonly url: string
  readonly nodes: Fields[]
  readonly requests: Fields[]
  stop(): Promise<void>
}

async function startUrban(): Promise<Urban> {
  const parser = new XMLParser({ parseTagValue: false })
  const nodes: Fields[] = []
  const requests: Fields[] = []
  const server: Server = createServer((request, response) => {
    void buffer(request).then((bytes) => {
      const { node, request: asked } = parser.parse(iconv.decode(bytes, 'gb18030')) as {
        node?: Fields
        request?: Fields
      }
      const known = node === undefined ? requests : nodes
      const key = node === undefined ? 'request_no' : 'notice_no'
      const said = node ?? asked ?? {}
      const isRepeat = known.some((one) => one[key] === said[key])
      if (!isRepeat) known.push(said)
      response
        .setHeader('content-type', 'application/xml')
        .end(`<response><code>${isRepeat ? 1 : 0}</code><number>N${known.length}</number></response>`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nodes,
    requests,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

let urban: Urban
let house: House

beforeAll(async () => {
  urban = await startUrban()
  house = await startHouse([
    {
      channel: 'szcg',
      platform: 'digital-urban',
      name: { zh: '测试数字城管' },
      state: 'live',
      handles: ['SZCG'],
      privateAddresses: ['127.0.0.0/8'],
      feeds: {
        exchange: { enabled: false },
        xml: { settings: { authentication: { kind: 'header', secret: { secret: 'inbound' } } } },
      },
      reverse: { way: 'xml', settings: { baseUrl: urban.url, encoding: 'gb18030' } },
      deliveries: { delaysS: [0, 0.05, 0.1, 0.2, 0.5] },
    },
  ])
})
afterAll(async () => {
  await house.stop()
  await urban.stop()
})

const xmlOf = (row: Readonly<Record<string, string>>) =>
  Object.entries(row)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')

/** In the charset that the declaration names. */
async function push(...rows: Readonly<Record<string, string>>[]): Promise<string> {
  const document = `<?xml version="1.0" encoding="GB18030"?><workorders>${rows.map((row) => `<workorder>${xmlOf(row)}</workorder>`).join('')}</workorders>`
  const answer = await fetch(`${house.gateway.url}/v1/channels/szcg/feeds/xml`, {
    method: 'POST',
    headers: { 'x-api-key': inboundSecret, 'content-type': 'application/xml' },
    body: new Uint8Array(iconv.encode(document, 'gb18030')),
  })
  expect(answer.status).toBe(200)
  return await answer.text()
}

const orderOf = (number: string, other: Readonly<Record<string, string>> = {}) => ({
  row_id: number.slice(-5),
  row_type: 'AJ',
  task_no: number,
  case_kind: '1',
  small_class: '0103',
  problem_code: '02',
  report_time: '2026-11-20 09:40:00',
  title: '雨水井盖破损',
  content: `鹤洲街道渡口路${number.slice(-2)}号门前雨水井盖破损，已放置警示锥。`,
  address: `鹤洲街道渡口路${number.slice(-2)}号`,
  undertakers: '市政中心;水务局、鹤洲街道',
  ...other,
})

async function append(
  number: string,
  event: Omit<NewCaseEvent, 'eventId' | 'occurredAt'> & Partial<NewCaseEvent>,
): Promise<void> {
  const answer = await house.append(number, event)
  if (answer.status !== 201) throw new Error(`${event.type}: ${answer.status} ${await answer.text()}`)
}

const codesOf = (taskNo: string) =>
  urban.nodes.flatMap((node) => (node['task_no'] === taskNo ? [String(node['node_code'])] : []))
const result = { answer: '井盖已更换。', substantiated: true, solved: 'yes' } as const

test('an order in XML is a case, and its interface learns every node of the general flow, all units named', async () => {
  const taskNo = 'RW2026112200041'
  const steps: readonly [Parameters<typeof append>[1], string][] = [
    [{ type: 'registered', content: { flow: 'general' } }, '03'],
    [{ type: 'dispatched', content: { leadUnit: 'SZZX', coUnits: ['SWJ'] } }, '04'],
    [{ type: 'signed' }, '05'],
    [{ type: 'processing' }, '06'],
    [{ type: 'resolved', content: result }, '07'],
    [{ type: 'verified' }, '08'],
    [{ type: 'followed_up' }, '09'],
    [{ type: 'closed' }, '10'],
  ]

  const acknowledgement = await push(orderOf(taskNo))
  const number = await house.caseOf('szcg', taskNo)
  for (const [event, code] of steps) {
    if (event.type === 'resolved')
      await append(number, { type: 'resolved', content: { ...result, unitCode: 'SWJ' } })
    await append(number, event)
    await until(`node ${code} is booked`, async () => codesOf(taskNo).includes(code))
  }

  expect(acknowledgement).toContain(`<externalId>${taskNo}</externalId>`)
  expect(codesOf(taskNo).filter((code) => code !== '01')).toEqual(steps.map(([, code]) => code))
  const dispatched = urban.nodes.find((node) => node['task_no'] === taskNo && node['node_code'] === '04')
  expect(dispatched).toMatchObject({ our_no: number, lead_unit: 'SZZX', units: ['SZZX', 'SWJ'] })
  const told = urban.nodes.find((node) => node['task_no'] === taskNo && node['node_code'] === '07')
  expect(told).toMatchObject({ result_text: result.answer, is_true: '1', is_solved: '1' })
})

test('核实 and 核查 are asked of it, and its verdicts are events of the case', async () => {
  const taskNo = 'RW2026112200052'
  await push(orderOf(taskNo))
  const number = await house.caseOf('szcg', taskNo)
  const verdictOf = (type: string, row: string) => ({
    row_id: row,
    row_type: type,
    row_time: '2026-11-20 10:00:00',
    our_no: number,
    result: '1',
    content: '现场属实',
  })
  const isAsked = (type: string) => async () =>
    urban.requests.some((one) => one['our_no'] === number && one['request_type'] === type)

  await append(number, { type: 'checking', content: { unitCode: 'SZCG' } })
  await until('it is asked to check', isAsked('HS'))
  await push(verdictOf('HSFK', '90001'))
  await until('the verdict on the check is noted', async () =>
    (await house.readCase(number)).events.some(
      ({ type, content }) =>
        type === 'noted' && content.reasonCode === 'check' && content.substantiated === true,
    ),
  )
  await append(number, { type: 'registered', content: { flow: 'general' } })
  await append(number, { type: 'dispatched', content: { leadUnit: 'SZZX' } })
  await append(number, { type: 'signed' })
  await append(number, { type: 'processing' })
  await append(number, { type: 'resolved', content: result })
  await append(number, { type: 'noted', content: { unitCode: 'SZCG', reasonCode: 'verify' } })
  await until('it is asked to verify', isAsked('HC'))
  await push(verdictOf('HCFK', '90002'))

  await until('the case is verified', async () => (await house.readCase(number)).case.state === 'verified')
  const verified = (await house.readCase(number)).events.find(({ type }) => type === 'verified')
  expect(verified?.actor).toMatchObject({ kind: 'channel', id: 'szcg', unitCode: 'SZCG' })
})
