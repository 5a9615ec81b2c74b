import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../../gateway/http/keys.ts'
import {
  hotlineChannel,
  order,
  startHotline,
  startHouse,
  until,
  type Hotline,
  type House,
} from '../support/house.ts'

let hotline: Hotline
let house: House

beforeAll(async () => {
  hotline = await startHotline()
  house = await startHouse([hotlineChannel(hotline.url)])
})
afterAll(async () => {
  await house.stop()
  await hotline.close()
})

const resolved = {
  answer: '已更换灯泡，现已正常照明。',
  solved: 'yes',
  substantiated: true,
  contactedAt: '2026-11-22T02:00:00.000Z',
} as const
const toldOf = (orderNo: string) =>
  hotline.told.filter((told) => told.body['order_no'] === orderNo).map((told) => told.body['status'])

test('a report becomes a case, and each status goes back in the hotline’s own codes', async () => {
  const sent = order()

  const acknowledgement = await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  for (const event of [
    { type: 'registered', content: { flow: 'simple', publicText: '您的诉求已受理。' } },
    { type: 'dispatched', content: { leadUnit: 'U0101' } },
    { type: 'resolved', content: resolved },
    { type: 'closed' },
  ] as const) {
    expect((await house.append(number, event)).status).toBe(201)
  }
  await until('the hotline knows the end', async () => toldOf(sent.order_no).includes('90'))

  expect(acknowledgement.results).toMatchObject([{ end: 'report', externalId: sent.order_no, version: 1 }])
  expect(number).toMatch(/^PS\d{8}-\d{6}$/)
  const codes = toldOf(sent.order_no)
  expect(codes).toEqual(codes.toSorted((a, b) => Number(a) - Number(b)))
  expect(codes).toEqual(expect.arrayContaining(['20', '60', '90']))
  const result = hotline.told.find(
    (told) => told.body['order_no'] === sent.order_no && told.body['status'] === '60',
  )
  expect(result?.body['result']).toMatchObject({
    is_true: '1',
    is_solved: '1',
    reply: resolved.answer,
    contact_time: '2026-11-22 10:00:00',
  })
})

test('a transition that the flow does not allow is a 409 that lists those it does', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)

  const answer = await house.append(number, { type: 'resolved', content: resolved })

  expect(answer.status).toBe(409)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(await answer.json()).toMatchObject({
    code: 'case.transition',
    allowed: ['checking', 'registered', 'rejected', 'answered'],
  })
})

test('an event that is sent twice with one id is appended once', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  const event = { type: 'registered', eventId: 'E-1', occurredAt: '2026-11-22T01:00:00.000Z' } as const

  const first = await house.append(number, event)
  const second = await house.append(number, event)
  const other = await house.append(number, {
    ...event,
    type: 'rejected',
    content: { publicText: '不属于受理范围。' },
  })

  expect(await second.json()).toEqual(await first.json())
  expect(await other.json()).toMatchObject({ status: 409, code: 'case.event-reused' })
  expect((await house.readCase(number)).events.filter((entry) => entry.type === 'registered')).toHaveLength(1)
})

test('the lead cannot resolve while a co-handler is at work', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  await house.append(number, { type: 'dispatched', content: { leadUnit: 'U0101', coUnits: ['U0102'] } })

  const early = await house.append(number, { type: 'resolved', content: resolved })
  const part = await house.append(number, { type: 'resolved', content: { ...resolved, unitCode: 'U0102' } })
  const whole = await house.append(number, { type: 'resolved', content: resolved })

  expect(await early.json()).toMatchObject({ status: 409, code: 'case.assignment' })
  expect(await part.json()).toMatchObject({ stateAfter: 'dispatched' })
  expect(await whole.json()).toMatchObject({ stateAfter: 'resolved' })
})

test('what one of several units does is not told to the source as the case’s own state', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  await house.append(number, { type: 'registered', content: { flow: 'general' } })
  await house.append(number, { type: 'dispatched', content: { leadUnit: 'U0101', coUnits: ['U0102'] } })
  await house.append(number, { type: 'signed' })

  const part = await house.append(number, { type: 'signed', content: { unitCode: 'U0102' } })
  await house.append(number, { type: 'processing' })
  await until('the hotline knows that work began', async () => toldOf(sent.order_no).includes('40'))

  expect(await part.json()).toMatchObject({ stateAfter: 'signed', content: { part: true } })
  expect(toldOf(sent.order_no).filter((code) => code === '31').length).toBeLessThanOrEqual(1)
})

test('the same matter from the same reference number is one case, and the later source learns the state it is in', async () => {
  const first = order({ city_no: 'SZ-77001' })
  const second = order({
    city_no: 'SZ-77001',
    title: '同一事项再次来电',
    content: '市民再次来电反映同一处路灯问题。',
  })
  await house.accepted('hotline-a', first)
  const number = await house.caseOf('hotline-a', first.order_no)
  await house.append(number, { type: 'registered', content: { publicText: '您的诉求已受理。' } })
  await house.append(number, { type: 'dispatched', content: { leadUnit: 'U0101' } })

  await house.accepted('hotline-a', second)
  const linked = await house.caseOf('hotline-a', second.order_no)
  await until('the second source is caught up', async () => toldOf(second.order_no).includes('30'))

  expect(linked).toBe(number)
  expect(toldOf(second.order_no)).toEqual(['20', '30'])
})

test('messages about a known report reach its case as events', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)

  await house.accepted('hotline-a', {
    msg_type: 'URGE',
    msg_id: 'U-1',
    order_no: sent.order_no,
    msg_time: '2026-11-21 10:00:00',
    content: '市民催办',
  })
  await house.accepted('hotline-a', {
    msg_type: 'SUPPLEMENT',
    msg_id: 'S-1',
    order_no: sent.order_no,
    msg_time: '2026-11-21 11:00:00',
    content: '补充：共三盏灯',
  })
  await until('both are in the case', async () =>
    (await house.readCase(number)).events.some((event) => event.type === 'supplemented'),
  )

  const types = (await house.readCase(number)).events.map((event) => event.type)
  expect(types).toEqual(['received', 'linked', 'urged', 'supplemented'])
})

test('a changed body under the same number is a new version and no second case', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)

  const repeat = await house.accepted('hotline-a', sent)
  const changed = await house.accepted('hotline-a', {
    ...sent,
    content: '更正：共四盏路灯不亮，位置在桥头。',
  })
  await until('the case learns of it', async () =>
    (await house.readCase(number)).events.some((event) => event.type === 'supplemented'),
  )

  expect(repeat.results).toMatchObject([{ end: 'repeat', version: 1 }])
  expect(changed.results).toMatchObject([{ end: 'version', version: 2 }])
  expect((await house.readCase(number)).case.sources).toMatchObject([
    { version: 2, text: '更正：共四盏路灯不亮，位置在桥头。' },
  ])
})

test('the source’s own query shows state and progress in public wording, and no other key may ask', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  await house.append(number, {
    type: 'registered',
    content: { publicText: '您的诉求已受理，将在三个工作日内办理。', internalNote: '内部备注' },
  })
  const { deps, url } = house.gateway
  const { key } = await createKey(deps.db, {
    name: 'hotline-a',
    scopes: ['channel:hotline-a'],
    now: new Date(),
  })
  const ask = (bearer: string, externalId: string) =>
    fetch(`${url}/v1/channels/hotline-a/reports?externalId=${externalId}`, {
      headers: { authorization: `Bearer ${bearer}` },
    })

  const progress = await (await ask(key, sent.order_no)).text()
  const other = await ask(house.dispatchKey, sent.order_no)
  const unknown = await ask(key, 'never-sent')

  expect(JSON.parse(progress)).toMatchObject({
    externalId: sent.order_no,
    case: number,
    state: 'registered',
    code: '20',
    nodes: [{ type: 'received' }, { type: 'registered', text: '您的诉求已受理，将在三个工作日内办理。' }],
  })
  expect(progress).not.toContain('内部备注')
  expect(await other.json()).toMatchObject({ status: 403, code: 'auth.scope' })
  expect(await unknown.json()).toMatchObject({ status: 404, code: 'report.unknown' })
})

test('a report of the same matter after the case was closed opens a successor in its chain', async () => {
  const first = order({ city_no: 'SZ-88002' })
  await house.accepted('hotline-a', first)
  const number = await house.caseOf('hotline-a', first.order_no)
  await house.append(number, { type: 'rejected', content: { publicText: '不属于本区受理范围。' } })
  await house.append(number, { type: 'closed' })

  const second = order({ city_no: 'SZ-88002' })
  await house.accepted('hotline-a', second)
  const successor = await house.caseOf('hotline-a', second.order_no)

  const [before, after] = [await house.readCase(number), await house.readCase(successor)]
  expect(after.case).toMatchObject({ predecessor: number, chain: before.case.chain, state: 'received' })
  expect(before.case.state).toBe('closed')
})

test('a citizen who is not satisfied has the case reopened, and the rating stands in it', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  await house.append(number, { type: 'dispatched', content: { leadUnit: 'U0101' } })
  await house.append(number, { type: 'resolved', content: resolved })
  const about = { order_no: sent.order_no, msg_time: '2026-11-22 10:00:00' }

  await house.accepted('hotline-a', { msg_type: 'REDO', msg_id: 'R-1', ...about, content: '灯还是不亮' })
  await house.accepted('hotline-a', {
    msg_type: 'EVALUATE',
    msg_id: 'V-1',
    ...about,
    score_speed: 2,
    satisfied: '0',
  })
  await until('both are in the case', async () =>
    (await house.readCase(number)).events.some((event) => event.type === 'evaluated'),
  )

  const { case: found, events } = await house.readCase(number)
  expect(found.state).toBe('reopened')
  expect(events.find((event) => event.type === 'evaluated')?.content.evaluation).toMatchObject({
    scale: 5,
    ratings: { 处置速度: 2 },
  })
})

test('a confidential reporter stays unknown to the dispatch, and each reading of contacts is recorded', async () => {
  const open = order()
  const secret = order({ is_secret: '1' })
  await house.accepted('hotline-a', open)
  await house.accepted('hotline-a', secret)
  const numbers = [
    await house.caseOf('hotline-a', open.order_no),
    await house.caseOf('hotline-a', secret.order_no),
  ]
  const contacts = async (number: string | undefined) => {
    const answer = await fetch(`${house.gateway.url}/v1/dispatch/cases/${number}/contacts`, {
      headers: { authorization: `Bearer ${house.dispatchKey}` },
    })
    return (await answer.json()) as { contacts: object[] }
  }

  const [shown, withheld] = [await contacts(numbers[0]), await contacts(numbers[1])]

  expect(shown.contacts).toMatchObject([{ withheld: false, name: '王小明' }])
  expect(withheld.contacts).toEqual([
    { report: expect.any(String), channel: 'hotline-a', withheld: true, reason: '举报人保密' },
  ])
  const accesses = await house.gateway.deps.db.sql`select subject from accesses order by at, subject`
  expect(accesses.map((row) => row['subject'])).toEqual(['contact', 'contact-withheld'])
})

test('a status that the hotline was too busy for is sent again', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  await until('the first notice is out', async () => toldOf(sent.order_no).includes('10'))
  hotline.answers.push({ status: 200, body: { code: 5001 } }, { status: 503, body: {} })

  await house.append(number, { type: 'registered' })
  await until('it arrived after all', async () => toldOf(sent.order_no).includes('20'))

  expect(toldOf(sent.order_no).filter((code) => code === '20')).toHaveLength(1)
})
