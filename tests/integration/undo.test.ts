/** Joinings and splits are undone without harm: histories stay, sources hear where their own case is, verdicts hold. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Hotline, type House } from '../support/house.ts'
import { clerkOf, codesOf, toldOf, untilCode, untilQuiet, type OwnCase } from '../support/moved-cases.ts'
import { startTwoHotlines } from '../support/two-hotlines.ts'

let hotlines: Hotline[]
let house: House
const clerk = clerkOf(() => house)
const [a, b] = ['hotline-a', 'hotline-b'] as const

let stop: () => Promise<void>

beforeAll(async () => {
  ;({ hotlines, house, stop } = await startTwoHotlines())
})
afterAll(async () => await stop())

const sourcesOf = async (number: string) =>
  (await clerk.read(number)).sources.map(({ externalId }) => externalId).toSorted()
const typesOf = async (number: string) => (await house.readCase(number)).events.map(({ type }) => type)
const three = async (): Promise<[OwnCase, OwnCase, OwnCase]> => [
  await clerk.opened(a),
  await clerk.opened(b),
  await clerk.opened(b),
]

test('an undone joining gives the reports back, and the dispatched case waits to be dispatched anew', async () => {
  const [into, from] = await three()
  await clerk.work(into.number, ['registered', 'dispatched', 'signed', 'processing'])
  await clerk.work(from.number, ['registered', 'dispatched'])
  await untilCode(hotlines[1], from, '30')
  const move = await clerk.merged(from.number, into.number)
  await untilCode(hotlines[1], from, '40')
  const before = codesOf(hotlines[0], into)

  const answer = await clerk.undo(move)
  await untilCode(hotlines[1], from, '22')
  await clerk.work(from.number, ['dispatched'])
  await untilCode(hotlines[1], from, '30')
  await clerk.work(into.number, ['resolved'])
  await untilCode(hotlines[0], into, '60')

  expect(await answer.json()).toMatchObject({ from: into.number, into: from.number, reports: [from.report] })
  expect(codesOf(hotlines[1], from)).toEqual(['10', '20', '30', '46', '40', '22', '30'])
  expect(toldOf(hotlines[1], from).find(({ status }) => status === '22')).toMatchObject({
    case_no: from.number,
    remark: '您反映的问题已单独办理，当前状态：已受理。',
  })
  expect(codesOf(hotlines[0], into)).toEqual([...before, '60'])
  expect(await typesOf(from.number)).toEqual([
    'received', 'linked', 'registered', 'dispatched', 'merged', 'split', 'returned', 'dispatched',
  ]) // prettier-ignore
  expect(await clerk.read(from.number)).not.toHaveProperty('mergedInto')
  expect(await sourcesOf(into.number)).toEqual([into.orderNo])
})

test('a case that was not dispatched is where it was, and says so once to sources that heard of another state', async () => {
  const [into, from] = await three()
  await clerk.work(into.number, ['registered', 'dispatched'])
  await untilQuiet(house)
  const move = await clerk.merged(from.number, into.number)
  await untilCode(hotlines[1], from, '30')

  await clerk.undo(move)
  await untilCode(hotlines[1], from, '10')
  await clerk.work(from.number, ['registered'])
  await untilCode(hotlines[1], from, '20')

  expect(codesOf(hotlines[1], from)).toEqual(['10', '46', '20', '30', '10', '20'])
  expect((await clerk.read(from.number)).state).toBe('registered')
})

test('a result that was told is told again where the case with that result is its own again', async () => {
  const [into, from] = await three()
  await clerk.work(into.number, ['registered', 'dispatched'])
  await clerk.work(from.number, [{ type: 'registered', content: { flow: 'simple' } }, 'dispatched'])
  // A state that is told late is passed over for the next one.
  await untilCode(hotlines[1], from, '30')
  await clerk.work(from.number, ['resolved'])
  await untilCode(hotlines[1], from, '60')
  const move = await clerk.merged(from.number, into.number)
  await untilCode(hotlines[1], from, '30')

  await clerk.undo(move)
  await untilCode(hotlines[1], from, '60')

  expect(codesOf(hotlines[1], from)).toEqual(['10', '20', '30', '60', '46', '30', '60'])
  expect((await clerk.read(from.number)).state).toBe('resolved')
})

test('joined, undone and joined again: the source is always told where it is', async () => {
  const [into, from] = await three()
  await clerk.work(into.number, ['registered', 'dispatched', 'signed'])
  await untilQuiet(house)
  const first = await clerk.merged(from.number, into.number)
  await untilCode(hotlines[1], from, '31')
  await clerk.undo(first)
  await untilCode(hotlines[1], from, '10')

  await clerk.merged(from.number, into.number)
  await untilCode(hotlines[1], from, '31')
  await clerk.work(into.number, ['processing'])
  await untilCode(hotlines[1], from, '40')

  expect(codesOf(hotlines[1], from)).toEqual(['10', '46', '20', '31', '10', '46', '31', '40'])
})

test('what was not told because the source was moved is told when it comes back', async () => {
  const [into, from] = await three()
  await untilQuiet(house)
  hotlines[1]?.answers.push({ status: 503, body: {} }, { status: 503, body: {} })
  await clerk.work(from.number, ['registered', 'dispatched'])
  const move = await clerk.merged(from.number, into.number)
  await clerk.undo(move)
  await untilCode(hotlines[1], from, '22')

  expect(codesOf(hotlines[1], from).filter((code) => code === '20')).toHaveLength(1)
})

test.each([
  ['the first joining first', ['first', 'second']],
  ['the last joining first', ['second', 'first']],
] as const)('two joinings in a row are undone, %s', async (_, order) => {
  const [first, second, third] = await three()
  const moves = {
    first: await clerk.merged(first.number, second.number),
    second: await clerk.merged(second.number, third.number),
  }
  expect(await sourcesOf(third.number)).toHaveLength(3)

  for (const name of order) expect((await clerk.undo(moves[name])).status).toBe(201)

  for (const own of [first, second, third]) expect(await sourcesOf(own.number)).toEqual([own.orderNo])
})

test('a move is undone once; a repeat answers as before; an undoing is not undone', async () => {
  const [into, from] = await three()
  const move = await clerk.merged(from.number, into.number)
  const eventId = randomUUID()

  const answer = (await (await clerk.undo(move, { eventId })).json()) as { move: string }
  const again = await clerk.undo(move, { eventId })
  const other = await clerk.undo(move)
  const undo = await clerk.undo(answer.move)

  expect(await again.json()).toEqual(answer)
  expect(await other.json()).toMatchObject({ status: 409, code: 'case.move' })
  expect(await undo.json()).toMatchObject({ status: 409, code: 'case.move' })
  expect(await (await clerk.undo(randomUUID())).json()).toMatchObject({
    status: 404,
    code: 'case.move-unknown',
  })
})

test('a move whose case was closed since is not undone until that is reopened', async () => {
  const [into, from] = await three()
  const move = await clerk.merged(from.number, into.number)
  await clerk.work(into.number, [{ type: 'rejected', content: { publicText: '不予受理。' } }, 'closed'])

  const refused = await clerk.undo(move)
  await clerk.work(into.number, ['reopened'])
  const answer = await clerk.undo(move)

  expect(await refused.json()).toMatchObject({
    code: 'case.move',
    detail: expect.stringContaining('reopened'),
  })
  expect(answer.status).toBe(201)
})

test('a split is undone: the report goes back, its source hears of that, and the verdict holds no more', async () => {
  const [into, from] = await three()
  await clerk.work(into.number, ['registered', 'dispatched'])
  await clerk.merged(from.number, into.number)
  await untilCode(hotlines[1], from, '30')
  const opened = (await (await clerk.split(into.number, { report: from.report })).json()) as Opened
  await untilCode(hotlines[1], from, '10')

  await clerk.undo(opened.cases[0]?.move ?? '')
  await untilCode(hotlines[1], from, '30')

  expect(codesOf(hotlines[1], from)).toEqual(['10', '46', '20', '30', '10', '46', '30'])
  expect(await sourcesOf(into.number)).toEqual([from.orderNo, into.orderNo].toSorted())
  expect(await clerk.read(opened.case)).toMatchObject({ mergedInto: into.number, sources: [] })
  const again = (await (await clerk.split(into.number, { report: from.report })).json()) as Opened
  expect(again.case).not.toBe(opened.case)
})

interface Opened {
  readonly case: string
  readonly cases: { move: string; case: string; reports: string[] }[]
}

test('of a joined case one report is taken out, and the undoing gives back only what is still there', async () => {
  const [into, from, third] = await three()
  await clerk.merged(third.number, from.number)
  const move = await clerk.merged(from.number, into.number)
  const opened = (await (await clerk.split(into.number, { report: third.report })).json()) as Opened

  await clerk.undo(move)

  expect(await sourcesOf(from.number)).toEqual([from.orderNo])
  expect(await sourcesOf(opened.case)).toEqual([third.orderNo])
  expect(await sourcesOf(into.number)).toEqual([into.orderNo])
})

test('"not the same" is remembered through joinings and splits, until a clerk overrules it', async () => {
  const [one, two, three_] = await three()
  await clerk.merged(two.number, one.number)
  const opened = (await (await clerk.split(one.number, { report: two.report })).json()) as Opened

  const direct = await clerk.merge(opened.case, one.number)
  await clerk.merged(one.number, three_.number)
  const through = await clerk.merge(opened.case, three_.number)
  const overruled = await clerk.merge(opened.case, three_.number, { overrule: true })

  expect(await direct.json()).toMatchObject({ status: 409, code: 'case.verdict', decidedBy: 'clerk:C-07' })
  expect(await through.json()).toMatchObject({ code: 'case.verdict' })
  expect(overruled.status).toBe(201)
  const { move } = (await overruled.json()) as { move: string }
  await clerk.undo(move)
  expect(await (await clerk.merge(opened.case, three_.number)).json()).toMatchObject({ code: 'case.verdict' })
})

test('several reports are taken out into one case, or each into its own, and are told apart', async () => {
  const [one, two, last] = await three()
  const fourth = await clerk.opened(a)
  for (const own of [two, last, fourth]) await clerk.merged(own.number, one.number)
  const eventId = randomUUID()
  const body = { reports: [two.report, last.report], into: 'each', eventId }

  const answer = (await (await clerk.split(one.number, body)).json()) as Opened
  const again = (await (await clerk.split(one.number, body)).json()) as Opened
  const all = await clerk.split(one.number, { reports: [one.report, fourth.report] })

  expect(again).toEqual(answer)
  expect(answer.cases.map(({ reports }) => reports)).toEqual([[two.report], [last.report]])
  expect(await all.json()).toMatchObject({ status: 409, code: 'case.split' })
  const [first = '', second = ''] = answer.cases.map((made) => made.case)
  expect(await (await clerk.merge(first, second)).json()).toMatchObject({ code: 'case.verdict' })
  expect(await (await clerk.merge(first, one.number)).json()).toMatchObject({ code: 'case.verdict' })
  expect(await sourcesOf(one.number)).toEqual([fourth.orderNo, one.orderNo].toSorted())
})

test('several into one new case: it holds them all, and the left one is what its others say', async () => {
  const [one, two, last] = await three()
  for (const own of [one, two]) await clerk.merged(own.number, last.number)

  const answer = (await (
    await clerk.split(last.number, { reports: [last.report, two.report] })
  ).json()) as Opened

  const [left, opened] = [await clerk.read(last.number), await clerk.read(answer.case)]
  expect(opened.sources.map(({ externalId }) => externalId).toSorted()).toEqual(
    [last.orderNo, two.orderNo].toSorted(),
  )
  expect(opened).toMatchObject({ state: 'received', sequence: 3, counts: { reports: 2 } })
  expect(left.sources.map(({ externalId }) => externalId)).toEqual([one.orderNo])
  expect(left.text).toBe(left.sources[0]?.text)
  expect(left.title).toBe(left.sources[0]?.title)
})

test('moves are listed with who decided them and what was undone', async () => {
  const [into, from] = await three()
  const move = await clerk.merged(from.number, into.number, { reason: '同一事项' })
  await clerk.undo(move)

  const answer = await fetch(`${house.gateway.url}/v1/dispatch/cases/${into.number}/moves`, {
    headers: { authorization: `Bearer ${house.dispatchKey}` },
  })

  expect(await answer.json()).toMatchObject({
    moves: [
      { id: move, kind: 'merge', from: from.number, into: into.number, decidedBy: 'clerk:C-07', reason: '同一事项', undoneBy: expect.any(String) },
      { kind: 'undo', from: into.number, into: from.number },
    ],
  }) // prettier-ignore
})
