import { expect, test } from 'vitest'
import { withDigits } from './numerals.ts'

test.each([
  ['翠溪苑三期', '翠溪苑3期'],
  ['地铁十二号线', '地铁12号线'],
  ['二十三号楼', '23号楼'],
  ['十栋', '10栋'],
  ['望湖壹号', '望湖1号'],
  ['一直在等，十分不便', '一直在等，十分不便'],
])('%s is written %s', (written, digits) => {
  expect(withDigits(written)).toBe(digits)
})
