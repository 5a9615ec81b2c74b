import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { answerItem } from '../../gateway/linking/review/answer.ts'
import { takeItems } from '../../gateway/linking/review/desk.ts'
import { until, type House } from '../support/house.ts'
import { ask, startDesk, twoCases, type Desk, type DeskHouse } from '../support/review-desk.ts'

let desks: DeskHouse
let house: House
let desk: Desk

beforeAll(async () => {
  desks = await startDesk()
  house = desks.house
  desk = desks.desk
})
afterAll(async () => await desks.stop())
// What a test left on the desk is not the next one's.
afterEach(async () => await desks.clear())

test('"one matter" joins both cases in the further one, and its sources hear of that', async () => {
  const asked = await desks.question()
  await house.append(asked.own, { type: 'registered', content: { flow: 'simple' } })
  const eventId = randomUUID()

  const answer = await desk.decide(asked.id, { decision: 'link', eventId, note: '同一盏路灯' })
  const again = await desk.decide(asked.id, { decision: 'link', eventId, note: '同一盏路灯' })

  expect(answer).toMatchObject({
    status: 200,
    body: {
      outcome: { decision: 'link', clerk: 'C-07', case: { number: asked.own, from: asked.other } },
    },
  })
  expect(again.body.outcome).toEqual(answer.body.outcome)
  expect(await house.caseOf('hotline-a', asked.first.order)).toBe(asked.own)
  await until('the source that came is told where its matter stands', async () =>
    desks.codesOf(asked.first.order).includes('20'),
  )
  expect((await desk.list()).items).toEqual([])
  expect((await desk.show(asked.id)).outcome).toMatchObject({ decision: 'link', clerk: 'C-07' })
})

test('"one matter" with a closed case makes the open one its successor', async () => {
  const asked = await desks.question()
  for (const event of [
    { type: 'answered', content: { answer: '已答复', publicText: '已答复' } },
    { type: 'closed' },
  ] as const)
    await house.append(asked.other, event)

  const answer = await desk.decide(asked.id, { decision: 'link' })

  expect(answer.status).toBe(200)
  const { case: open } = await house.readCase(asked.own)
  expect(open.predecessor).toBe(asked.other)
  expect((await desk.undo(asked.id)).status).toBe(200)
  expect((await house.readCase(asked.own)).case.predecessor).toBeUndefined()
  expect((await desk.list()).items.map(({ id }) => id)).toEqual([asked.id])
})

test('"not the same" answers every question between the two cases, for good', async () => {
  const asked = await desks.question()
  const back = await ask(house, { own: asked.other, other: asked.own })

  const answer = await desk.decide(asked.id, { decision: 'different' })

  expect(answer.body.outcome).toMatchObject({ decision: 'different', clerk: 'C-07', also: 1 })
  expect((await desk.show(back.id)).outcome).toMatchObject({ decision: 'different' })
  const later = await ask(house, { own: asked.own, other: asked.other })
  expect((await desk.list()).items).toEqual([])
  expect((await desk.show(later.id)).outcome).toMatchObject({ decision: 'obsolete' })
})

test('"not the same" holds for the reports after one side was joined with a third case', async () => {
  const asked = await desks.question()
  await desk.decide(asked.id, { decision: 'different' })
  const [third] = await twoCases(house)
  const joining = await ask(house, { own: third.number, other: asked.other })
  await desk.decide(joining.id, { decision: 'link' })

  const anew = await ask(house, { own: asked.own, other: await house.caseOf('hotline-a', third.order) })

  expect((await desk.show(anew.id)).outcome).toMatchObject({ decision: 'obsolete' })
})

test('a clerk who comes second is told who looks at an item, and what was decided', async () => {
  const asked = await desks.question()
  const [taken] = await desk.take('C-01')

  const early = await desk.decide(asked.id, { decision: 'link', clerk: 'C-02' })
  const first = await desk.decide(asked.id, { decision: 'different', clerk: 'C-01' })
  const late = await desk.decide(asked.id, { decision: 'link', clerk: 'C-02' })

  expect(taken?.id).toBe(asked.id)
  expect(early).toMatchObject({ status: 409, body: { code: 'review.taken', taken: { clerk: 'C-01' } } })
  expect(first.status).toBe(200)
  expect(late).toMatchObject({
    status: 409,
    body: { code: 'review.decided', outcome: { decision: 'different', clerk: 'C-01' } },
  })
  expect(await house.caseOf('hotline-a', asked.first.order)).toBe(asked.other)
})

test('of opposite answers at the same instant one holds, and the other is told', async () => {
  for (let round = 0; round < 5; round += 1) {
    const asked = await desks.question()

    const answers = await Promise.all([
      desk.decide(asked.id, { decision: 'link' }),
      desk.decide(asked.id, { decision: 'different' }),
    ])

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]))
    const joined =
      (await house.caseOf('hotline-a', asked.first.order)) ===
      (await house.caseOf('hotline-a', asked.second.order))
    expect(joined).toBe(answers[0]?.status === 200)
  }
})

test('clerks who join overlapping pairs at the same instant end with one case, whatever came first', async () => {
  const five = [...(await twoCases(house)), ...(await twoCases(house)), (await twoCases(house))[0]]
  const pairs = five.flatMap((own, n) =>
    five.slice(n + 1).map((other) => [own.number, other.number] as const),
  )
  const asked = await Promise.all(pairs.map(([own, other]) => ask(house, { own, other })))

  const answers = await Promise.all(
    asked.map(({ id }, n) => desk.decide(id, { decision: 'link', clerk: `C-${n}` })),
  )

  const statuses = new Set(answers.map(({ status }) => status))
  expect(statuses.isSubsetOf(new Set([200, 409]))).toBe(true)
  for (const { id } of asked)
    if ((await desk.show(id)).outcome === undefined) await desk.decide(id, { decision: 'link' })
  const cases = await Promise.all(five.map((one) => house.caseOf('hotline-a', one.order)))
  expect(new Set(cases).size).toBe(1)
  expect((await desk.list()).items).toEqual([])
})

test('an answer that is cut off before its commit leaves nothing half', async () => {
  const asked = await desks.question()
  const cut = (): void => {
    throw new Error('killed')
  }
  const answer = { decision: 'link', clerk: 'C-07', eventId: randomUUID() } as const

  const killed = answerItem(
    { ...house.gateway.deps, killPoint: cut },
    { id: asked.id, caller: 'review:desk', answer },
  )

  await expect(killed).rejects.toThrow('killed')
  expect(await house.caseOf('hotline-a', asked.first.order)).toBe(asked.other)
  expect((await desk.show(asked.id)).verdicts).toEqual([])
  expect((await desk.decide(asked.id, answer)).body.outcome.decision).toBe('link')
  expect((await house.readCase(asked.own)).events.filter(({ type }) => type === 'merged')).toHaveLength(1)
})

test('the answer brings the next item, taken for the same clerk', async () => {
  const asked = [await desks.question(), await desks.question()]
  const [first] = await desk.take('C-01')

  const { body } = await desk.decide(first?.id ?? '', { decision: 'different', clerk: 'C-01', next: {} })

  expect(body.next?.id).toBe(asked.find(({ id }) => id !== first?.id)?.id)
  expect(body.next?.taken?.clerk).toBe('C-01')
})

test('what was put off comes back when its time has come', async () => {
  const asked = await desks.question()

  const { body } = await desk.decide(asked.id, { decision: 'later' })

  expect(body.outcome.decision).toBe('later')
  expect(await desk.take('C-01')).toEqual([])
  const sight = { principal: 'test', confidential: 'withheld' } as const
  const inTwoDays = new Date(Date.now() + 2 * 86_400_000)
  const deps = { ...house.gateway.deps, now: () => inTwoDays }
  const [back] = await takeItems(deps, { clerk: 'C-01', limit: 1 }, sight)
  expect(back?.id).toBe(asked.id)
  const refused = { ...house.gateway.deps }
  await expect(
    answerItem(refused, {
      id: asked.id,
      caller: 'test',
      answer: {
        decision: 'later',
        clerk: 'C-01',
        eventId: 'x',
        until: new Date(Date.now() + 40 * 86_400_000).toISOString(),
      },
    }),
  ).rejects.toMatchObject({ code: 'request.invalid' })
})

test('an answer that is taken back leaves the cases as before, and the item waits again', async () => {
  const asked = await desks.question()
  await desk.decide(asked.id, { decision: 'link' })
  const eventId = randomUUID()

  const undone = await desk.undo(asked.id, { eventId })
  const again = await desk.undo(asked.id, { eventId })

  expect(undone.status).toBe(200)
  expect(again.status).toBe(200)
  expect(await house.caseOf('hotline-a', asked.first.order)).toBe(asked.other)
  expect(await house.caseOf('hotline-a', asked.second.order)).toBe(asked.own)
  expect((await desk.list()).items.map(({ id }) => id)).toEqual([asked.id])
  await desk.decide(asked.id, { decision: 'different' })
  expect((await desk.undo(asked.id)).status).toBe(200)
  expect((await desk.list()).items.map(({ id }) => id)).toEqual([asked.id])
  const untouched = await desks.question()
  expect(await desk.undo(untouched.id)).toMatchObject({ status: 409, body: { code: 'review.undo' } })
})
