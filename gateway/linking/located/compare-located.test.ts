import { expect, test } from 'vitest'
import { compareLocated } from './compare-located.ts'
import { surroundingsOf } from './levels.ts'
import { located, smallModel } from './located-for-test.ts'
import { locatedReport } from './located-report.ts'

const compare = (a: Parameters<typeof located>[0], b: Parameters<typeof located>[0]) =>
  compareLocated(located(a), located(b), { model: smallModel })
const levelsOf = ({ parts }: ReturnType<typeof compare>) =>
  Object.fromEntries(parts.map(({ field, level }) => [field, level]))

test('the parts add up to the score, and each says what it weighs', () => {
  const { parts, score } = compare(
    { address: '翠景路18号', metres: 0 },
    { address: '翠景路18号', metres: 10, hours: 1 },
  )

  expect(score).toBeCloseTo(6 + 2 + 1 + 1 + 1)
  expect(parts.find(({ field }) => field === 'distance')).toMatchObject({
    level: 'within20m',
    weight: 2,
    detail: '10 m apart',
  })
})

test('the order of arrival does not matter', () => {
  const one = located({ address: '10 Alder St', metres: 0, channel: 'district-app', category: 'power' })
  const other = located({ address: 'INTERSECTION of Alder St & River St', metres: 60, hours: 5 })

  const there = compareLocated(one, other, { model: smallModel })
  const back = compareLocated(other, one, { model: smallModel })

  expect(back).toEqual(there)
})

test('a channel is known by the kind of entry that its id ends with', () => {
  const found = compare({ metres: 0, channel: 'north-app' }, { metres: 0, channel: 'south-phone' })

  expect(levelsOf(found)['channels']).toBe('app|phone')
})

test('categories of one group are compared, others only at one spot', () => {
  expect(compare({ metres: 0 }, { metres: 100, category: 'power' }).gate).toBe('open')
  expect(compare({ metres: 0 }, { metres: 100, category: 'waste' }).gate).toBe('closed')
  expect(compare({ metres: 0 }, { metres: 5, category: 'waste' }).gate).toBe('open')
})

test('other streets further than 160 m away are another place', () => {
  const found = compare({ address: '翠景路18号', metres: 0 }, { address: '金牛西路7号', metres: 200 })

  expect(found).toMatchObject({ gate: 'closed', parts: [] })
})

test('a point that stands for none is not where the report is', () => {
  const nowhere = { longitude: 114, latitude: 22.5, source: { system: 'CGCS2000' as const, x: 114, y: 22.5 } }
  const found = compare({ address: '10 Alder St', point: nowhere }, { address: '10 Alder St', metres: 0 })

  expect(found.gate).toBe('open')
  expect(found.distanceM).toBeUndefined()
})

test('one component is one place however far its points lie', () => {
  expect(compare({ metres: 0, component: '7' }, { metres: 900, component: '7' }).gate).toBe('open')
  expect(compare({ metres: 0, component: '7' }, { metres: 5, component: '8' }).gate).toBe('clerk')
})

test('two months later it is another matter', () => {
  const found = compare({ address: '10 Alder St' }, { address: '10 Alder St', hours: 63 * 24 })

  expect(found.gate).toBe('closed')
})

test('who reports again within reach counts, a person of many reports hardly', () => {
  const [one, again] = [located({ metres: 0, person: 'a' }), located({ metres: 5, hours: 1, person: 'a' })]
  const around = { near: 0, atAddress: 1, alike: [], repeated: false }

  const citizen = compareLocated(one, again, { model: smallModel, around: { ...around, ofPerson: 2 } })
  const worker = compareLocated(one, again, { model: smallModel, around: { ...around, ofPerson: 30 } })

  expect(levelsOf(citizen)['person']).toBe('same')
  expect(levelsOf(worker)['person']).toBe('sameOfMany')
  expect(citizen.score - worker.score).toBeCloseTo(1.7)
})

test('what lies between two reports in place and time is counted, up to three', () => {
  const model = { ...smallModel, weights: { nearer: { 'near/0': 1, 'near/2': 2, 'near/from3': 3 } } }
  const report = located({ metres: 0, hours: 10 })
  const others = [10, 20, 30, 40].map((metres, index) => located({ metres, hours: 9 - index }))
  const around = surroundingsOf(
    locatedReport(report, model),
    others.map((other) => locatedReport(other, model)),
  )

  const weights = others.map((other) => compareLocated(report, other, { model, around }).score)

  expect(weights).toEqual([1, 0, 2, 3])
})
