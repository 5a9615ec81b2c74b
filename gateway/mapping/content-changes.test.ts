import { expect, test } from 'vitest'
import { changesBetween } from './content-changes.ts'

const report = (other: object) => ({
  externalId: 'G-1',
  text: '路灯不亮，请尽快维修',
  kind: 'complaint',
  submittedAt: '2026-11-20T01:30:00.000Z',
  urgency: 'normal',
  ...other,
})

test('a code that changed is told with its former and its new value', () => {
  const changes = changesBetween(report({ category: '990101' }), report({ category: '020301' }))

  expect(changes).toEqual({
    changed: ['/category'],
    values: { '/category': { before: '990101', after: '020301' } },
  })
})

test('of what a person said or is only the place is told', () => {
  const changes = changesBetween(
    report({ reporter: { name: '王小明', phone: '13800001001' } }),
    report({ text: '路灯不亮，联系李四', reporter: { name: '李四' }, location: { address: '翠云路9号' } }),
  )

  expect(changes).toEqual({
    added: ['/location/address'],
    removed: ['/reporter/phone'],
    changed: ['/reporter/name', '/text'],
  })
})

test('a phone in a source category is not shown', () => {
  const changes = changesBetween(report({}), report({ sourceCategory: '张先生 13912345678' }))

  expect(changes.values).toEqual({ '/sourceCategory': { after: '(not shown)' } })
})

test('equal reports differ in nothing, whatever the order of their keys', () => {
  const changes = changesBetween(
    report({ location: { street: '1', district: '2' } }),
    report({ location: { district: '2', street: '1' } }),
  )

  expect(changes).toEqual({})
})

test('beyond a hundred places their number is told', () => {
  const extra = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`f${n}`, 'x']))

  const changes = changesBetween(report({}), report({ extra }))

  expect(changes.added).toHaveLength(100)
  expect(changes.more).toBe(20)
})
