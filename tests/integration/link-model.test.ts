/** The linking model: trained on what is stored, put to use, followed by the linker, rolled back, explained. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { evaluateLinkModel } from '../../gateway/linking/model/evaluate.ts'
import { explainReport } from '../../gateway/linking/model/explain.ts'
import { shippedModel } from '../../gateway/linking/model/link-model.ts'
import {
  listLinkModels,
  putToUse,
  readLinkModel,
  usedLinkModel,
} from '../../gateway/linking/model/stored-models.ts'
import { trainLinkModel, type LinkTraining } from '../../gateway/linking/model/train.ts'
import { undoVerdicts } from '../../gateway/linking/moves/verdicts.ts'
import { matters, roads, startLinkedHouse, type LinkedHouse } from '../support/linked-house.ts'

let linked: LinkedHouse
let trained: LinkTraining
const deps = () => linked.house.gateway.deps

beforeAll(async () => {
  linked = await startLinkedHouse()
}, 60_000)
afterAll(async () => {
  await linked.stop()
})

test('before a training the shipped model is in use, and matches name it', async () => {
  expect(await listLinkModels(deps())).toMatchObject([{ version: shippedModel().version, inUse: true }])
  expect((await usedLinkModel(deps().db.sql)).version).toBe(shippedModel().version)
  expect(await linked.modelsOfMatches(linked.sent[1] ?? '')).toEqual([shippedModel().version])
})

test('a training reads pairs of what is stored, and stores a model that nobody uses yet', async () => {
  const steps: number[] = []

  trained = await trainLinkModel(deps(), {
    by: 'clerk:C-07',
    note: 'first',
    sample: 200,
    onStep: (done) => steps.push(done),
  })

  expect(trained).toMatchObject({ before: shippedModel().version, reports: 60, answers: 0 })
  expect(trained.pairs).toBeGreaterThan(50)
  expect(trained.tables.told?.iterations).toBeGreaterThan(0)
  expect(steps.at(-1)).toBe(1)
  expect(await listLinkModels(deps())).toMatchObject([
    { version: trained.version, author: 'clerk:C-07', note: 'first', usedFrom: null, inUse: false },
    { version: shippedModel().version },
  ])
})

test('a model that is put to use is named by the next matches, and rolled back by name', async () => {
  const [matter] = matters
  await putToUse(deps(), { version: trained.version, by: 'clerk:C-07' })
  const during = await linked.send('翠溪路', matter, matter[3])
  await putToUse(deps(), { version: 'shipped', by: 'clerk:C-08' })
  const after = await linked.send('翠溪路', matter, matter[2])

  expect(await linked.modelsOfMatches(during)).toEqual([trained.version])
  expect(await linked.modelsOfMatches(after)).toEqual([shippedModel().version])
  expect((await listLinkModels(deps())).at(-1)).toMatchObject({
    version: shippedModel().version,
    inUse: true,
  })

  await putToUse(deps(), { version: trained.version, by: 'clerk:C-07' })
  expect((await usedLinkModel(deps().db.sql)).version).toBe(trained.version)
  await putToUse(deps(), { version: 'shipped', by: 'clerk:C-07' })
})

test('a version that does not exist is refused, and the one in use stays', async () => {
  await expect(putToUse(deps(), { version: 'trained-nothing', by: 'clerk:C-07' })).rejects.toMatchObject({
    code: 'link.model-unknown',
  })
  expect((await usedLinkModel(deps().db.sql)).version).toBe(shippedModel().version)
})

test('a stored model that cannot be read links nothing: the shipped one does, and the log says so once', async () => {
  await deps().db.sql`
    insert into link_models (version, parameters, figures, author, note, trained_at, used_from)
    values ('trained-broken', '{"told":{"prior":"much"}}', '{}', 'clerk:C-07', '', now(), now() + interval '1 hour')`
  deps().signals.wake('link-model')
  const [matter] = matters
  const sending = await linked.send('云岭路', matter, matter[2])

  expect(await linked.modelsOfMatches(sending)).toEqual([shippedModel().version])
  expect(linked.house.log.filter((line) => line.includes('link.model-unreadable'))).toHaveLength(1)

  await putToUse(deps(), { version: 'shipped', by: 'clerk:C-07' })
  await deps().db.sql`delete from link_models where version = 'trained-broken'`
})

test('clerks’ answers move the weights, and those taken back do not', async () => {
  const without = await trainLinkModel(deps(), { by: 'clerk:C-07', sample: 200 })
  const verdicts: string[] = []
  // Every road's lamp and rubbish: different matters of one place.
  for (let road = 0; road < roads.length; road++)
    verdicts.push(await linked.say('different', linked.sent[road * 6] ?? '', linked.sent[road * 6 + 2] ?? ''))
  const withAnswers = await trainLinkModel(deps(), { by: 'clerk:C-07', sample: 200 })
  await deps().db.transaction(
    async (tx) => await undoVerdicts(tx, verdicts, { at: new Date(), by: 'clerk:C-07' }),
  )
  const undone = await trainLinkModel(deps(), { by: 'clerk:C-07', sample: 200 })

  expect(withAnswers.answers).toBe(10)
  expect(withAnswers.tables.told?.prior[1]).toBeLessThan(without.tables.told?.prior[1] ?? 0)
  expect(withAnswers.agreement.after).toMatchObject({ answers: 10, same: 0 })
  expect(undone).toMatchObject({ answers: 0 })
  expect(undone.tables.told?.moved).toEqual(without.tables.told?.moved)
})

test('clerks’ answers about located reports teach how related two categories are, and the model that is trained says so', async () => {
  const [lamp, waste] = matters
  const verdicts: string[] = []
  for (const road of roads) {
    const one = await linked.send(road, lamp, '灯坏')
    const other = await linked.send(road, waste, '垃圾')
    verdicts.push(await linked.say('same', one, other))
  }
  const bitsOf = async ({ version, relatedness }: LinkTraining) => {
    const [pair, bits] = Object.entries(relatedness.learned).toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0]
    const { located } = await readLinkModel(deps().db.sql, version)
    return { pair, bits, stored: located.weights['categories']?.[pair] }
  }

  const together = await bitsOf(await trainLinkModel(deps(), { by: 'clerk:C-07', sample: 200 }))
  await deps().db.transaction(
    async (tx) => await undoVerdicts(tx, verdicts, { at: new Date(), by: 'clerk:C-07' }),
  )
  const undone = await trainLinkModel(deps(), { by: 'clerk:C-07', sample: 200 })

  expect(shippedModel().located.weights['categories']?.[together.pair]).toBeUndefined()
  expect(together.bits).toBeGreaterThan(1)
  expect(together.stored).toBeCloseTo(together.bits, 6)
  expect(undone.relatedness.learned[together.pair] ?? 0).toBeLessThan(0.5)
  expect(undone.relatedness.pairs).toBeGreaterThan(0)
})

test('a model is held against clerks’ answers: agreement, calibration and what each comparison says', async () => {
  const ids = [
    await linked.say('same', linked.sent[0] ?? '', linked.sent[1] ?? ''),
    await linked.say('different', linked.sent[0] ?? '', linked.sent[2] ?? ''),
  ]

  const found = await evaluateLinkModel(deps())

  expect(found).toMatchObject({ model: shippedModel().version, answers: 2, same: 1 })
  const { link, review, new: none } = found.agreement
  expect(link.same + review.same + none.same).toBe(1)
  expect(found.calibration.reduce((sum, bin) => sum + bin.answers, 0)).toBe(2)
  expect(found.contributions.map(({ field }) => field)).toContain('text')
  await deps().db.transaction(async (tx) => await undoVerdicts(tx, ids, { at: new Date(), by: 'clerk:C-07' }))
})

test('an explanation names every candidate with parts that add up, what was decided then and what clerks said', async () => {
  const id = await linked.say('different', linked.sent[0] ?? '', linked.sent[2] ?? '')

  const found = await explainReport(deps(), { report: `hotline-a/${linked.sent[2]}` })

  expect(found.model).toBe(shippedModel().version)
  expect(found.candidates.length).toBeGreaterThan(1)
  for (const { parts, score } of found.candidates)
    expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(score, 5)
  const against = await explainReport(deps(), {
    report: await linked.reportOf(linked.sent[2] ?? ''),
    against: `hotline-a/${linked.sent[0]}`,
  })
  expect(against.candidates).toMatchObject([
    { nearest: { externalId: linked.sent[0] }, verdicts: [{ verdict: 'different', by: 'clerk:C-07' }] },
  ])
  const own = (await explainReport(deps(), { report: `hotline-a/${linked.sent[1]}` })).candidates
  expect(own.some(({ decidedThen }) => decidedThen.length > 0)).toBe(true)
  await deps().db.transaction(
    async (tx) => await undoVerdicts(tx, [id], { at: new Date(), by: 'clerk:C-07' }),
  )
})

test('a report or case that is not there is said to be unknown', async () => {
  await expect(explainReport(deps(), { report: 'hotline-a/none' })).rejects.toMatchObject({
    code: 'report.unknown',
  })
  await expect(
    explainReport(deps(), { report: `hotline-a/${linked.sent[0]}`, against: 'X-1' }),
  ).rejects.toMatchObject({ code: 'case.unknown' })
})
