const digits = '零一二三四五六七八九'
const values = new Map(Array.from(digits, (sign, value) => [sign, value]))
values.set('〇', 0).set('两', 2)

/** Characters a Chinese numeral is written with, for a character class. */
export const numeralSigns = '零〇一二两三四五六七八九十百'

/**
 * A Chinese numeral below a thousand as digits: 三 → 3, 二十三 → 23, 一百零五 → 105; sign by sign where no 十 or 百
 * stands in it: 一〇三 → 103. What is no numeral comes back as it is.
 */
export function digitsOf(numeral: string): string {
  if (!/[十百]/.test(numeral)) return Array.from(numeral, (sign) => values.get(sign) ?? sign).join('')
  let sum = 0
  let last = 0
  for (const sign of numeral) {
    if (sign === '百' || sign === '十') {
      sum += (last || 1) * (sign === '百' ? 100 : 10)
      last = 0
    } else last = values.get(sign) ?? Number.NaN
  }
  return Number.isNaN(sum + last) ? numeral : String(sum + last)
}
