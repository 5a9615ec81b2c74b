import { expect, test } from 'vitest'
import { phraseOf } from '../model/words.ts'
import type { AddressLevel } from './address-levels.ts'
import type { LocatedField, Relation } from './levels.ts'
import { shippedLocatedModel } from './model.ts'
import { detailOf } from './words-located.ts'

const addresses: AddressLevel[] = [
  'sameAddress',
  'sameCrossing',
  'sameHouse',
  'sameStreetOnly',
  'next4',
  'onCrossing',
  'streetOfCrossing',
  'crossingsMeet',
  'noNumber',
  'otherStreet',
  'unknown',
]
const found = (given: Partial<Relation>): Relation => ({
  gate: 'open',
  distanceM: 14,
  hours: 5,
  address: 'next4',
  related: 'same',
  component: 'unknown',
  samePerson: false,
  ...given,
})
const relations = [
  ...addresses.map((address) => found({ address })),
  ...(['same', 'group', 'different', 'unknown'] as const).map((related) => found({ related })),
  ...[undefined, 14, 1500].flatMap((distanceM) => [0.2, 5, 100].map((hours) => found({ distanceM, hours }))),
]

test('whatever located reports were compared by has words in Chinese', () => {
  const shown = Object.entries(shippedLocatedModel().weights).flatMap(([field, levels]) =>
    Object.keys(levels).flatMap((level) =>
      relations.map((relation) => {
        const detail = field === 'case' ? '' : detailOf(field as LocatedField, level, relation)
        return phraseOf({ field, level, weight: 1, detail }, 'zh')
      }),
    ),
  )

  expect(shown.filter((phrase) => /[A-Za-z]/.test(phrase))).toEqual([])
})

test('a report that others are nearer to says how many', () => {
  const detail = detailOf('nearer', 'near/2', found({}))

  expect(phraseOf({ field: 'nearer', level: 'near/2', weight: -1, detail }, 'zh')).toBe('更近的同类诉求：2')
  expect(phraseOf({ field: 'nearer', level: 'near/2', weight: -1, detail }, 'en')).toBe(
    'reports of this category that are nearer: 2',
  )
})
