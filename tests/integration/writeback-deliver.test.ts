import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createDeliverer, type Deliverer, type DelivererOptions } from '../../gateway/writeback/deliver.ts'
import { fanOutPass } from '../../gateway/writeback/fan-out.ts'
import { formerReasons } from '../../gateway/store/former-deliveries.ts'
import { claimDue } from '../../gateway/writeback/claim.ts'
import { releaseHeld, takeOverLapsed } from '../../gateway/writeback/tend.ts'
import type { Outcome, PartnerClass } from '../../schemas/delivery.ts'
import {
  createHouse,
  createScriptedPartner,
  type House,
  type ScriptedPartner,
  type TestChannel,
} from '../support/writeback-house.ts'
import {
  deliveriesOf,
  seedCase,
  seedEvent,
  seedParty,
  statesOf,
  type SeededCase,
  type SeededParty,
} from '../support/writeback-seed.ts'

let house: House
const running: Deliverer[] = []
beforeAll(async () => {
  house = await createHouse()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((made) => made.stop(0)))
  await house.deps.db.sql`truncate deliveries, delivery_attempts`
})
afterAll(() => house.close())

function deliverer(options: DelivererOptions = {}): Deliverer {
  const made = createDeliverer(house.deps, { random: () => 0.5, ...options })
  running.push(made)
  return made
}

/** Passes until nothing is due. */
async function deliverAll(by: Deliverer): Promise<void> {
  while ((await by.pass()).more) await by.idle()
  await by.idle()
}

let channels = 0
/** A channel of its own with one party, told of the given events. */
async function scene(channel: TestChannel = {}, events: Parameters<typeof seedEvent>[2][] = ['registered']) {
  const partner = createScriptedPartner()
  channels += 1
  const name = `channel-${channels}`
  house.channel(name, { partner, ...channel })
  const matter = await seedCase(house.deps)
  const party = await seedParty(house.deps, matter, { channel: name })
  for (const type of events) await seedEvent(house.deps, matter, type)
  await fanOutPass(house.deps)
  return { partner, party, matter, name }
}

const attemptsOf = async (party: SeededParty) => [
  ...(await house.deps.db.sql`
    select a.kind, a.try, a.outcome from delivery_attempts a join deliveries d on d.id = a.delivery_id
    where d.party_id = ${party.id} order by a.started_at, a.id`),
]

const transient: Outcome = { kind: 'transient', detail: 'HTTP 503' }
const ambiguous: Outcome = { kind: 'ambiguous', detail: 'No answer.' }
const dueInMs = (row: { due_at: string | null } | undefined) =>
  new Date(row?.due_at ?? 0).getTime() - house.deps.now().getTime()

test('a delivery is made with a stable key, and the answer is kept with its reference', async () => {
  const { partner, party, matter } = await scene()
  partner.answers({ kind: 'delivered', reference: 'HX-77' })

  await deliverAll(deliverer())

  const [row] = await deliveriesOf(house.deps, party)
  expect(row).toMatchObject({ state: 'delivered', tries: 1, partner_reference: 'HX-77', claim_token: null })
  expect(partner.calls).toHaveLength(1)
  expect(partner.calls[0]).toMatchObject({
    delivery: row?.id,
    idempotencyKey: row?.id,
    try: 1,
    case: matter.number,
    request: 'status',
    body: { status: 'registered', text: '您的诉求已受理' },
    source: { report: party.reportId, externalId: party.externalId },
  })
  expect(await attemptsOf(party)).toMatchObject([{ kind: 'deliver', try: 1, outcome: 'delivered' }])
})

test('a try that fails after its source left the case is not made again', async () => {
  const { partner, party } = await scene()
  partner.answers(async (_notice) => {
    await house.deps.db.sql`update parties set left_at = ${house.deps.now()} where id = ${party.id}`
    return transient
  })

  await deliverAll(deliverer())

  expect(await statesOf(house.deps, party)).toEqual(['registered:superseded'])
  const [row] = await deliveriesOf(house.deps, party)
  expect(row).toMatchObject({ tries: 1, due_at: null, claim_token: null, reason: formerReasons.takenOut })
})

test('a party is told in order, and a stuck one holds up nobody else', async () => {
  const stuck = await scene({}, ['registered', 'noted', 'urged'])
  const other = await scene({}, ['registered', 'noted', 'urged'])
  stuck.partner.answers(transient)

  await deliverAll(deliverer())

  expect(stuck.partner.calls.map((call) => call.event.type)).toEqual(['registered'])
  expect(other.partner.calls.map((call) => call.event.type)).toEqual(['registered', 'noted', 'urged'])
  house.advance(5_000)
  await deliverAll(deliverer())
  expect(stuck.partner.calls.map((call) => call.event.type)).toEqual([
    'registered',
    'registered',
    'noted',
    'urged',
  ])
})

test('blocked and uncertain deliveries hold up their party; dead ones and manual tasks do not', async () => {
  const parties: { party: SeededParty; partner: ScriptedPartner }[] = []
  for (const state of ['blocked', 'uncertain', 'dead', 'task']) {
    const made = await scene({}, ['registered', 'noted'])
    await house.deps.db
      .sql`update deliveries set state = ${state} where party_id = ${made.party.id} and event_type = 'registered'`
    parties.push(made)
  }

  await deliverAll(deliverer())

  expect(parties.map(({ partner }) => partner.calls.length)).toEqual([0, 0, 1, 1])
})

test('every try sends the same key and the same body, by the schedule, until the tries are used up', async () => {
  const { partner, party } = await scene({ deliveries: { delaysMs: [0, 5_000, 30_000] } })
  partner.answers(transient, transient, transient)
  const by = deliverer()
  const waits: number[] = []
  for (let round = 0; round < 3; round += 1) {
    await deliverAll(by)
    const [row] = await deliveriesOf(house.deps, party)
    if (row?.state === 'waiting') waits.push(dueInMs(row))
    house.advance(30_000)
  }

  await deliverAll(by)

  expect(waits).toEqual([5_000, 30_000])
  expect(await deliveriesOf(house.deps, party)).toMatchObject([
    { state: 'dead', tries: 3, reason: expect.stringContaining('HTTP 503') },
  ])
  expect(new Set(partner.calls.map((call) => JSON.stringify([call.idempotencyKey, call.body]))).size).toBe(1)
  expect(partner.calls.map((call) => call.try)).toEqual([1, 2, 3])
})

test('a wish to wait longer is honoured', async () => {
  const { partner, party } = await scene()
  partner.answers({ ...transient, retryAfterMs: 120_000 })

  await deliverAll(deliverer())

  expect(dueInMs((await deliveriesOf(house.deps, party))[0])).toBe(120_000)
})

test('a permanent refusal is a dead letter at once', async () => {
  const { partner, party } = await scene()
  partner.answers({ kind: 'permanent', detail: 'The partner refused: HTTP 422.' })

  await deliverAll(deliverer())

  expect(await deliveriesOf(house.deps, party)).toMatchObject([
    { state: 'dead', tries: 1, reason: 'The partner refused: HTTP 422.' },
  ])
})

test('a keyed partner gets the same again after an ambiguous try', async () => {
  const { partner, party } = await scene({ reverse: { partner: 'keyed' } })
  partner.answers(ambiguous)
  const by = deliverer()
  await deliverAll(by)
  house.advance(5_000)

  await deliverAll(by)

  expect(await statesOf(house.deps, party)).toEqual(['registered:delivered'])
  expect(partner.calls.map((call) => call.idempotencyKey)).toEqual([
    partner.calls[0]?.delivery,
    partner.calls[0]?.delivery,
  ])
  expect(partner.lookups).toEqual([])
})

const queryable: TestChannel = {
  reverse: { partner: 'queryable', lookup: { delivered: 'status == 200', absent: 'status == 404' } },
}

test('a queryable partner is asked first, and not sent to again where it has it', async () => {
  const { partner, party } = await scene(queryable)
  partner.answers(ambiguous)
  partner.lookupAnswers({ kind: 'delivered', reference: 'Q-1' })
  const by = deliverer()
  await deliverAll(by)
  house.advance(5_000)

  await deliverAll(by)

  expect(await deliveriesOf(house.deps, party)).toMatchObject([
    { state: 'delivered', partner_reference: 'Q-1', may_be_taken: false },
  ])
  expect([partner.calls.length, partner.lookups.length]).toEqual([1, 1])
})

test('a queryable partner that lacks it is sent to in the same try', async () => {
  const { partner, party } = await scene(queryable)
  partner.answers(ambiguous)
  partner.lookupAnswers({ kind: 'transient', detail: 'not there' })
  const by = deliverer()
  await deliverAll(by)
  house.advance(5_000)

  await deliverAll(by)

  expect(await deliveriesOf(house.deps, party)).toMatchObject([
    { state: 'delivered', tries: 2, may_be_taken: false },
  ])
  expect(await attemptsOf(party)).toMatchObject([
    { kind: 'deliver', try: 1, outcome: 'ambiguous' },
    { kind: 'lookup', try: 2, outcome: 'transient' },
    { kind: 'deliver', try: 2, outcome: 'delivered' },
  ])
})

test('a queryable partner that cannot say is asked again later, never sent to', async () => {
  const { partner, party } = await scene(queryable)
  partner.answers(ambiguous)
  partner.lookupAnswers(ambiguous, new Error('a partner that breaks off'))
  const by = deliverer()
  await deliverAll(by)
  house.advance(5_000)
  await deliverAll(by)
  house.advance(30_000)

  await deliverAll(by)

  expect(await deliveriesOf(house.deps, party)).toMatchObject([
    { state: 'waiting', tries: 3, may_be_taken: true },
  ])
  expect([partner.calls.length, partner.lookups.length]).toEqual([1, 2])
})

test('a blind partner that may have taken it waits for a person, or for the hold of its channel', async () => {
  const asked = await scene({ reverse: { partner: 'blind' } })
  const held = await scene({ reverse: { partner: 'blind' }, deliveries: { uncertainHoldMs: 60_000 } })
  asked.partner.answers(ambiguous)
  held.partner.answers(ambiguous)
  const by = deliverer()
  await deliverAll(by)
  const states = [await statesOf(house.deps, asked.party), await statesOf(house.deps, held.party)]
  house.advance(60_000)

  const released = await releaseHeld(house.deps)
  await deliverAll(by)

  expect(states).toEqual([['registered:uncertain'], ['registered:uncertain']])
  expect(released).toBe(1)
  expect(await statesOf(house.deps, asked.party)).toEqual(['registered:uncertain'])
  expect(await statesOf(house.deps, held.party)).toEqual(['registered:delivered'])
})

const unexpected: [PartnerClass, string][] = [['keyed', 'waiting'], ['queryable', 'waiting'], ['blind', 'uncertain']] // prettier-ignore
for (const [partnerClass, state] of unexpected) {
  test(`an adapter that throws leaves a ${partnerClass} delivery ${state}, without repeating its message`, async () => {
    const { partner, party } = await scene({ reverse: { ...queryable.reverse, partner: partnerClass } })
    partner.answers(new TypeError('李四 13912345678'))

    await deliverAll(deliverer())

    const [row] = await deliveriesOf(house.deps, party)
    expect(row).toMatchObject({ state, may_be_taken: true, reason: expect.stringContaining('TypeError') })
    expect(row?.reason).not.toContain('139')
  })
}

test('a partner that never answers is ambiguous after the time-out, even where the adapter ignores the signal', async () => {
  const { partner, party } = await scene({ deliveries: { timeoutMs: 20 } })
  partner.answers(() => new Promise<Outcome>(() => undefined))

  await deliverAll(deliverer())

  expect(await deliveriesOf(house.deps, party)).toMatchObject([
    { state: 'waiting', may_be_taken: true, reason: 'No answer within 20 ms.' },
  ])
})

test('a hanging partner fills its own slots only, and the pass does not wait for it', async () => {
  const hanging = await scene({ deliveries: { concurrency: 2 } })
  const name = hanging.name
  const more: SeededCase[] = []
  for (let index = 0; index < 5; index += 1) {
    const matter = await seedCase(house.deps)
    await seedParty(house.deps, matter, { channel: name })
    await seedEvent(house.deps, matter, 'registered')
    more.push(matter)
  }
  const prompt = await scene()
  hanging.partner.answers(...Array.from({ length: 6 }, () => untilAborted))
  const by = deliverer()

  for (let pass = 0; pass < 4; pass += 1) await by.pass()
  while ((await statesOf(house.deps, prompt.party))[0] !== 'registered:delivered') await by.pass()

  expect(hanging.partner.calls).toHaveLength(2)
  await by.stop(0)
  const [left] = await house.deps.db
    .sql`select count(*)::int as n from deliveries where channel_id = ${name} and state = 'waiting'`
  expect(left?.['n']).toBe(6)
})

const untilAborted = (_notice: unknown, signal: AbortSignal) =>
  new Promise<Outcome>((resolve) => signal.addEventListener('abort', () => resolve(ambiguous)))

test('stopping claims nothing more and settles what ran', async () => {
  const { partner, party } = await scene()
  partner.answers(untilAborted)
  const by = deliverer()
  await by.pass()

  await by.stop(0)
  const after = await by.pass()

  expect(after).toEqual({ more: false })
  expect(await statesOf(house.deps, party)).toEqual(['registered:waiting'])
  const [row] = await deliveriesOf(house.deps, party)
  expect(row).toMatchObject({ tries: 1, claim_token: null })
})

test('paused channels are not called', async () => {
  const { partner, party } = await scene({ state: 'paused' })

  await deliverAll(deliverer())

  expect(partner.calls).toEqual([])
  expect(await statesOf(house.deps, party)).toEqual(['registered:waiting'])
})

test('two gateways claim disjoint sets', async () => {
  const { name, partner } = await scene({ deliveries: { concurrency: 500 } })
  for (let index = 0; index < 120; index += 1) {
    const matter = await seedCase(house.deps)
    await seedParty(house.deps, matter, { channel: name })
    await seedEvent(house.deps, matter, 'registered')
  }
  for (let more = true; more;) more = (await fanOutPass(house.deps)).more
  await fanOutPass(house.deps)

  const claims = await Promise.all(
    Array.from({ length: 6 }, () => claimDue(house.deps, { limit: 50, leaseMs: 30_000 })),
  )

  const ids = claims.flat().map((claim) => claim.delivery_id)
  expect(ids.length).toBeGreaterThanOrEqual(50)
  expect(new Set(ids).size).toBe(ids.length)
  expect(partner.calls).toEqual([])
})

const taken: [PartnerClass, string][] = [['keyed', 'waiting'], ['queryable', 'waiting'], ['blind', 'uncertain']] // prettier-ignore
for (const [partnerClass, state] of taken) {
  test(`the claim of a killed gateway is taken over when its lease ends: a ${partnerClass} delivery is ${state}`, async () => {
    const { party } = await scene({ reverse: { ...queryable.reverse, partner: partnerClass } })
    await claimDue(house.deps, { limit: 10, leaseMs: 30_000 })
    const early = await takeOverLapsed(house.deps, () => 0.5)
    await house.deps.db
      .sql`update deliveries set lease_until = now() - interval '1 second' where party_id = ${party.id}`

    const late = await takeOverLapsed(house.deps, () => 0.5)

    expect([early, late]).toEqual([0, 1])
    expect(await deliveriesOf(house.deps, party)).toMatchObject([
      { state, tries: 1, may_be_taken: true, claim_token: null },
    ])
    expect(await attemptsOf(party)).toMatchObject([{ kind: 'deliver', outcome: 'ambiguous' }])
  })
}

test('a gateway that lost its claim settles nothing', async () => {
  const { partner, party } = await scene()
  let answer: (outcome: Outcome) => void = () => undefined
  partner.answers(() => new Promise<Outcome>((resolve) => (answer = resolve)))
  const by = deliverer()
  await by.pass()
  await house.deps.db
    .sql`update deliveries set lease_until = now() - interval '1 second' where party_id = ${party.id}`
  await takeOverLapsed(house.deps, () => 0.5)

  answer({ kind: 'delivered', reference: 'too late' })
  await by.idle()

  expect(await deliveriesOf(house.deps, party)).toMatchObject([{ state: 'waiting', partner_reference: null }])
  expect(await attemptsOf(party)).toMatchObject([{ outcome: 'ambiguous' }])
  expect(house.lines.at(-1)).toContain('"outcome":"delivered","state":"lost"')
})

test('the lease is kept while a call runs', async () => {
  const { partner, party } = await scene()
  let answer: (outcome: Outcome) => void = () => undefined
  partner.answers(() => new Promise<Outcome>((resolve) => (answer = resolve)))
  const by = deliverer({ leaseMs: 300 })
  await by.pass()
  const leases = new Set<string>()
  while (leases.size < 4) {
    const [row] = await house.deps.db
      .sql`select lease_until::text as until from deliveries where party_id = ${party.id}`
    leases.add(String(row?.['until']))
  }

  answer({ kind: 'delivered' })
  await by.idle()

  expect(await statesOf(house.deps, party)).toEqual(['registered:delivered'])
})

test('each try is one log line with ids and outcome, and nothing of what was sent', async () => {
  const { partner, party, name, matter } = await scene({}, [])
  await seedEvent(house.deps, matter, 'resolved', { content: { answer: '已联系王五 13712345678 处理完毕' } })
  await fanOutPass(house.deps)
  partner.answers({ kind: 'permanent', detail: '王五 13712345678 不在服务区' })
  const before = house.lines.length

  await deliverAll(deliverer())

  const lines = house.lines.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({
    event: 'delivery.try',
    channel: name,
    case: matter.number,
    party: party.id,
    try: 1,
    outcome: 'permanent',
    state: 'dead',
    durationMs: expect.any(Number),
  })
  expect(house.lines.join('')).not.toMatch(/13712345678|王五/)
  const metric = await house.deps.metrics.registry.getSingleMetricAsString('guiyi_delivery_tries_total')
  expect(metric).toContain(`channel="${name}",outcome="permanent"} 1`)
})

test('content that cannot be opened is a dead letter that says why', async () => {
  const { party, partner } = await scene()
  await house.deps.db.sql`update deliveries set data_key = null where party_id = ${party.id}`

  await deliverAll(deliverer())

  expect(await deliveriesOf(house.deps, party)).toMatchObject([
    { state: 'dead', reason: expect.stringContaining('erased') },
  ])
  expect(partner.calls).toEqual([])
})
