import { expect, test } from 'vitest'
import { personsOf, unknownPerson, type Person } from './persons.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour))
const report = (hour: number, ...keys: string[]) => ({ keys, at: at(hour), reports: 1 })

test('several keys of one report are one person', () => {
  const persons = personsOf([report(1, 'phone:a', 'openid:b'), report(2, 'openid:b'), report(3, 'phone:a')])

  expect(persons).toMatchObject([{ key: 'phone:a', reports: 3, firstAt: at(1), lastAt: at(3) }])
})

test('two persons become one when a report gives the keys of both', () => {
  const persons = personsOf([report(1, 'phone:a'), report(2, 'openid:b'), report(3, 'openid:b', 'phone:a')])

  expect(persons).toHaveLength(1)
  expect(persons[0]?.reports).toBe(3)
})

test('a person counted before keeps the key that stands for it', () => {
  const known: Person = {
    key: 'phone:a',
    keys: new Set(['phone:a']),
    reports: 4,
    firstAt: at(0),
    lastAt: at(1),
  }

  const persons = personsOf([report(5, 'openid:b', 'phone:a'), report(6, 'phone:c')], { known: [known] })

  expect(persons.map(({ key, reports }) => [key, reports])).toEqual([
    ['phone:a', 5],
    ['phone:c', 1],
  ])
})

test('keys that met in an earlier report of the case belong together', () => {
  const known: Person = {
    key: 'phone:a',
    keys: new Set(['phone:a']),
    reports: 2,
    firstAt: at(0),
    lastAt: at(1),
  }

  const persons = personsOf([report(5, 'openid:b')], { known: [known], met: [['phone:a', 'openid:b']] })

  expect(persons).toMatchObject([{ key: 'phone:a', reports: 3 }])
})

test('reports without a key are counted together and apart from people', () => {
  const persons = personsOf([report(1), report(2), report(3, 'phone:a')])

  expect(persons).toMatchObject([
    { key: unknownPerson, reports: 2 },
    { key: 'phone:a', reports: 1 },
  ])
})
