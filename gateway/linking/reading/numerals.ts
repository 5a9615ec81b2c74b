const digits: { readonly [numeral: string]: number } = Object.fromEntries(
  ['一壹', '二贰两', '三叁', '四肆', '五伍', '六陆', '七柒', '八捌', '九玖'].flatMap((numerals, index) =>
    Array.from(numerals, (numeral) => [numeral, index + 1] as const),
  ),
)

// What it begins with is said first: nothing else is tried at any other character.
const counted =
  /(?=[一二三四五六七八九十壹贰叁肆伍陆柒捌玖])([一二三四五六七八九壹贰叁肆伍陆柒捌玖]?)(十?)([一二三四五六七八九壹贰叁肆伍陆柒捌玖]?)(?=号|期|栋|幢|组|班|标|区|单元)/g

/** Numbers below a hundred before 号, 期, 栋 and the like in digits: 三期 and 3期 are written by two people. */
export function withDigits(normalised: string): string {
  return normalised.replace(counted, (_, tens: string, ten: string, ones: string) => {
    if (ten === '') return `${digits[tens] ?? ''}${digits[ones] ?? ''}`
    return String((digits[tens] ?? 1) * 10 + (digits[ones] ?? 0))
  })
}
