import { expect, test } from 'vitest'
import { createKillPoints } from './kill-point.ts'

test('a name that is no kill point is refused with those there are', () => {
  expect(() => createKillPoints('intake.nowhere')).toThrow('writeback.after-claim')
})

test('without the variable a pass does nothing', () => {
  expect(() => createKillPoints(undefined)('intake.after-commit')).not.toThrow()
})
