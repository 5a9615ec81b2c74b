/** 并案 in the ledgers of real peers: a hotline by SOAP, a forum, and the system of a unit that was at work. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forumChannel, startForum, type Forum } from '../support/forum-peer.ts'
import { gridPlatformChannel, startGridPlatform, type GridPlatform } from '../support/grid-peers.ts'
import {
  hotline12319Channel,
  ordersText,
  startHotline12319,
  workOrder,
  type Hotline12319,
} from '../support/hotline-12319.ts'
import {
  hotlineChannel,
  inboundSecret,
  startHotline,
  startHouse,
  until,
  type Hotline,
  type House,
} from '../support/house.ts'
import { clerkOf, codesOf, untilCode, untilQuiet } from '../support/moved-cases.ts'

let hotline: Hotline
let soap: Hotline12319
let forum: Forum
let platform: GridPlatform
let house: House
const clerk = clerkOf(() => house)

beforeAll(async () => {
  ;[hotline, soap, forum, platform] = await Promise.all([
    startHotline(),
    startHotline12319(),
    startForum(),
    startGridPlatform(),
  ])
  house = await startHouse([
    hotlineChannel(hotline.url),
    hotline12319Channel(soap.url),
    forumChannel(forum.url),
    gridPlatformChannel(platform.url),
  ])
})
afterAll(async () => {
  await house.stop()
  await Promise.all([hotline.close(), soap.stop(), forum.stop(), platform.close()])
})

async function bySoap(): Promise<{ gdbh: string; number: string }> {
  const { gdbh, xml } = workOrder()
  await fetch(`${house.gateway.url}/v1/channels/hotline-12319/feeds/workorder`, {
    method: 'POST',
    headers: {
      'content-type': 'text/xml',
      authorization: `Basic ${Buffer.from(`hotline12319:${inboundSecret}`).toString('base64')}`,
    },
    body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><submitWorkOrder><gdxml><![CDATA[${ordersText(xml)}]]></gdxml></submitWorkOrder></s:Body></s:Envelope>`,
  })
  return { gdbh, number: await house.caseOf('hotline-12319', gdbh) }
}

async function byForum(id: string, title: string): Promise<string> {
  forum.post({ id, title, text: `${title}，请有关部门处理。` })
  return await house.caseOf('forum', id)
}

const bookedOf = (gdbh: string) => soap.booked.filter((one) => one.gdbh === gdbh)
const repliesTo = (thread: string) => forum.replies.filter((reply) => reply.thread === thread)

test('a hotline by SOAP books the joining as 21 with the state there, then every step of the other case', async () => {
  const [into, from] = [await clerk.opened('hotline-a'), await bySoap()]
  await clerk.work(into.number, ['registered', 'dispatched'])
  await clerk.work(from.number, ['registered'])
  await until('it knows of its acceptance', () => Promise.resolve(bookedOf(from.gdbh).at(-1)?.ztbm === '03'))

  const move = await clerk.merged(from.number, into.number)
  await until('it is told where that stands', () =>
    Promise.resolve(bookedOf(from.gdbh).at(-1)?.ztbm === '07'),
  )
  await clerk.undo(move)
  await until('it is told its own state', () => Promise.resolve(bookedOf(from.gdbh).at(-1)?.ztbm === '03'))

  expect(bookedOf(from.gdbh).map(({ ztbm }) => ztbm)).toEqual(['01', '03', '21', '07', '03'])
  expect(bookedOf(from.gdbh)[2]).toMatchObject({
    ajbh: into.number,
    blyj: '您反映的问题已与其他诉求合并办理，当前状态：已转办。',
  })
  await untilQuiet(house)
  expect(codesOf(hotline, into)).toEqual(['10', '20', '30'])
})

test('a thread shows once that it is handled together, and once that it is by itself again', async () => {
  const [into, from] = [await clerk.opened('hotline-a'), await byForum('77001', '榆荫巷口配电箱门敞着')]
  await clerk.work(into.number, ['registered', 'dispatched'])
  await clerk.work(from, ['registered'])
  await until('the thread has its acceptance', () => Promise.resolve(repliesTo('77001').length === 1))

  const move = await clerk.merged(from, into.number)
  await until('the thread says so', () => Promise.resolve(repliesTo('77001').length === 2))
  await clerk.undo(move)
  await until('the thread says so again', () => Promise.resolve(repliesTo('77001').length === 3))
  await untilQuiet(house)

  expect(repliesTo('77001').map(({ status, message }) => `${status} ${message}`)).toEqual([
    expect.stringMatching(/^accepted .*已受理/),
    'processing 网友您好！您反映的问题已与其他诉求合并办理，当前状态：已转办。感谢您对平安区工作的关注与支持。',
    'processing 网友您好！您反映的问题已单独办理，当前状态：已受理。感谢您对平安区工作的关注与支持。',
  ])
})

test('the answer of the case that goes on reaches every source of both, each once', async () => {
  const [into, from, soapCase] = [
    await clerk.opened('hotline-a'),
    await byForum('77002', '竹影街人行天桥扶手松动'),
    await bySoap(),
  ]
  await clerk.merged(from, into.number)
  await clerk.merged(soapCase.number, into.number)

  await clerk.work(into.number, [
    { type: 'registered', content: { flow: 'simple' } },
    'dispatched',
    { type: 'resolved', content: { answer: '扶手已加固。', solved: 'yes' } },
  ])
  await untilCode(hotline, into, '60')
  await untilQuiet(house)

  expect(bookedOf(soapCase.gdbh).filter(({ ztbm }) => ztbm === '14')).toHaveLength(1)
  expect(repliesTo('77002').filter(({ status }) => status === 'replied')).toHaveLength(1)
})

test('the unit that was at work is told to stop, and what it says afterwards is noted in the other case', async () => {
  const [into, from] = [await clerk.opened('hotline-a'), await clerk.opened('hotline-a')]
  await clerk.work(into.number, ['registered', 'dispatched'])
  await clerk.work(from.number, ['registered', { type: 'dispatched', content: { leadUnit: 'WGZX' } }])
  await until('it has the task', () => Promise.resolve(platform.tasks.get(from.number)))

  const move = await clerk.merged(from.number, into.number)
  const tasks = await until('it is told to stop', () => {
    const list = platform.tasks.get(from.number) ?? []
    return Promise.resolve(list.some(({ action }) => action === 'WITHDRAW') && list)
  })
  platform.changes.push({
    change_no: 'M-1',
    change_type: 'STEP',
    step: 'FINISH',
    case_no: from.number,
    order_no: `T-${from.number}`,
    change_time: '2026-11-22 10:00:00',
    answer: '已到场处理。',
    is_true: '1',
    is_solved: '1',
  })
  const noted = await until('it is noted', async () =>
    (await house.readCase(into.number)).events.find(({ type }) => type === 'noted'),
  )
  await clerk.undo(move)
  await untilQuiet(house)

  expect(tasks.find(({ action }) => action === 'WITHDRAW')).toMatchObject({
    case_no: from.number,
    reason: 'merged',
  })
  expect(noted.content).toMatchObject({ reasonCode: 'handler-resolved', otherCase: from.number })
  expect((await clerk.read(into.number)).state).toBe('dispatched')
  expect((await clerk.read(from.number)).state).toBe('registered')
  expect(platform.tasks.get(from.number)?.map(({ action }) => action)).toEqual(['ASSIGN', 'WITHDRAW'])
})

test('a unit at work on both goes on with one and is told that the other belongs to it', async () => {
  const [into, from] = [await clerk.opened('hotline-a'), await clerk.opened('hotline-a')]
  for (const { number } of [into, from]) {
    await clerk.work(number, ['registered', { type: 'dispatched', content: { leadUnit: 'WGZX' } }])
    await until('it has the task', () => Promise.resolve(platform.tasks.get(number)))
  }

  await clerk.merged(from.number, into.number)
  await until('it hears of the joining', () =>
    Promise.resolve(platform.tasks.get(from.number)?.some(({ action }) => action === 'MERGE')),
  )
  await untilQuiet(house)

  expect(platform.tasks.get(from.number)?.map(({ action }) => action)).not.toContain('WITHDRAW')
  expect((await clerk.read(into.number)).assignments.map(({ state }) => state)).toEqual(['dispatched'])
})
