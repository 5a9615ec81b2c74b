import { expect, it } from 'vitest'
import { defaults, parseOptions } from './options.ts'

it('nothing said means the defaults', () => {
  expect(parseOptions([])).toEqual(defaults)
})

it('a rate is a number, with or without its unit', () => {
  expect(parseOptions(['--rate', '50/s'])).toMatchObject({ ratePerS: 50 })
  expect(parseOptions(['--rate', '7.5'])).toMatchObject({ ratePerS: 7.5 })
})

it('kill points are taken in their order', () => {
  expect(parseOptions(['--kill', 'writeback.after-call:3,linking.before-commit'])).toMatchObject({
    kill: { kind: 'points', points: ['writeback.after-call:3', 'linking.before-commit'] },
  })
})

it.each([
  [['--kill', 'writeback.after-lunch'], 'does not know "writeback.after-lunch"'],
  [['--count', '0'], '--count takes a whole number'],
  [['--rate', 'fast'], '--rate takes submissions a second'],
  [['--kill-one'], '--kill-one needs --gateways 2'],
  [['--gateways', '3'], '--gateways takes a whole number from 1 to 2'],
])('%j is refused in words', (argv, words) => {
  expect(() => parseOptions(argv)).toThrow(words)
})
