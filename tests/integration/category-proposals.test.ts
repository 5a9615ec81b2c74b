import { afterAll, beforeAll, expect, test } from 'vitest'
import { proposeCategories, trainFromExamples, trainFromReports } from '../../gateway/classify/categories.ts'
import { listModels } from '../../gateway/classify/stored-models.ts'
import type { Example } from '../../gateway/classify/train.ts'
import {
  hotlineChannel,
  order,
  startHotline,
  startHouse,
  until,
  type Hotline,
  type House,
} from '../support/house.ts'

/** The hotline's code, its canonical leaf, and what citizens wrote. */
const matters = [
  ['0231', '020301', '路灯整晚不亮，夜里走路看不清'],
  ['0111', '010101', '生活垃圾堆了三天没有人清运，发臭'],
  ['0311', '030101', '工地凌晨施工，打桩机噪音吵得睡不着'],
] as const
const places = ['翠竹路', '云杉路', '锦带街', '梧桐巷', '枫香道', '桂花坊']
const lampAgain = { text: '门口的路灯不亮，走路看不清' }

let hotline: Hotline
let house: House
const numbers = new Map<string, string[]>()

beforeAll(async () => {
  hotline = await startHotline()
  house = await startHouse([hotlineChannel(hotline.url)])
  for (const [category, , content] of matters) {
    const orders = places.map((place, index) =>
      order({
        category,
        title: null,
        content: `${place}${index + 1}号${content}。`,
        address: `${place}${index + 1}号`,
      }),
    )
    for (const each of orders) await house.accepted('hotline-a', each)
    numbers.set(
      category,
      await Promise.all(orders.map(({ order_no }) => house.caseOf('hotline-a', order_no))),
    )
  }
}, 60_000)
afterAll(async () => {
  await house.stop()
  await hotline.close()
})

const categoriesOfCases = async () =>
  await house.gateway.deps.db.sql`select number, category from cases order by number`

test('before a training there is nothing to propose with, and the error says what to do', async () => {
  await expect(proposeCategories(house.gateway.deps, lampAgain)).rejects.toMatchObject({
    code: 'category.untrained',
    message: expect.stringContaining('guiyi category train'),
  })
})

test('a training on stored reports proposes the top categories of their cases, and writes to none', async () => {
  const { deps } = house.gateway
  const before = await categoriesOfCases()

  const result = await trainFromReports(deps, { level: 1, minimum: 5 })
  const proposals = await proposeCategories(deps, lampAgain, { limit: 2 })

  expect(result).toMatchObject({ examples: 18, source: 'reports, level 1', unknown: 0, tooFew: [] })
  expect(result.categories.map(({ category }) => category)).toEqual(['01', '02', '03'])
  expect(proposals).toHaveLength(2)
  expect(proposals[0]).toMatchObject({ code: '02', name: '市政设施' })
  expect(await categoriesOfCases()).toEqual(before)
})

test('a clerk’s re-classification is learned, at the level of leaves too, and the newer model is used without a restart', async () => {
  const { deps } = house.gateway
  await trainFromReports(deps, { level: 3, minimum: 5 })
  const before = await proposeCategories(deps, lampAgain, { limit: 1 })
  for (const number of new Set(numbers.get('0231'))) {
    const answer = await house.append(number, {
      type: 'registered',
      content: { flow: 'simple', category: '020302' },
    })
    expect(answer.status).toBeLessThan(300)
  }

  await trainFromReports(deps, { level: 3, minimum: 5 })
  const after = await proposeCategories(deps, lampAgain, { limit: 1 })

  expect(before[0]).toMatchObject({ code: '020301', name: '路灯不亮' })
  expect(after[0]).toMatchObject({ code: '020302', name: '道路积水' })
})

test('reports of confidential reporters teach nothing', async () => {
  const { deps } = house.gateway
  const secret = order({
    category: '0231',
    title: null,
    content: '举报某处路灯被人剪断电线。',
    is_secret: '1',
  })
  await house.accepted('hotline-a', secret)
  await house.caseOf('hotline-a', secret.order_no)

  const { examples } = await trainFromReports(deps, { level: 1, minimum: 5 })

  expect(examples).toBe(18)
})

test('the ten newest models are kept, the newest is in use', async () => {
  const { deps } = house.gateway
  const given: Example[] = matters.flatMap(([, category, content]) =>
    places.map((place) => ({ category, text: `${place}${content}` })),
  )

  await deps.db.sql`
    insert into category_models (id, trained_at, source, examples, macro_f1, body)
    select gen_random_uuid(), trained_at - interval '1 minute', source, examples, macro_f1, body
    from category_models, generate_series(1, 12)`

  const { id } = await trainFromExamples(deps, given, { source: 'own.jsonl', minimum: 5 })
  const models = await listModels(deps)

  expect(models).toHaveLength(10)
  expect(models.filter(({ inUse }) => inUse)).toMatchObject([{ id }])
  expect(models[0]).toMatchObject({ source: 'own.jsonl', examples: 18 })
})

test('a stored model that cannot be read is told by its id, and another training mends it', async () => {
  const { deps } = house.gateway
  const broken = deps.newId()
  await deps.db.sql`
    insert into category_models (id, trained_at, source, examples, macro_f1, body) values (${broken}, now() + interval '1 second', 'broken', 0, 0, ${Buffer.from('none')})`

  await expect(proposeCategories(deps, lampAgain)).rejects.toMatchObject({
    code: 'category.model',
    message: expect.stringContaining(broken),
  })

  await until('a newer one is in use', async () => {
    await trainFromReports(deps, { level: 1, minimum: 5 })
    return (await listModels(deps))[0]?.source !== 'broken'
  })
  expect((await proposeCategories(deps, lampAgain))[0]?.code).toBe('02')
})

test('a minimum that no category reaches is refused with the counts', async () => {
  await expect(trainFromReports(house.gateway.deps, { level: 1, minimum: 500 })).rejects.toMatchObject({
    code: 'category.examples',
    message: expect.stringContaining('no category has 500 examples'),
  })
})
