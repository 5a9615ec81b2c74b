/** What a text states in figures, read by form alone; each list holds at most `mostOfAKind`, in order. */
export interface Facts {
  /** 粤b12345: without the dot, lower case. */
  plates: readonly string[]
  /** Yuan. */
  amounts: readonly number[]
  /** `2026-03-01` or, without a year, `03-01`. */
  dates: readonly string[]
  years: readonly string[]
  /** Whether it says that it was reported before: 再次, 上次, 多次反映. */
  followsUp: boolean
}

const mostOfAKind = 8
const readCharacters = 2000

const plate =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][·•.\s]?(?=[a-z\d]*\d)[a-z\d]{5,6}(?![a-z\d])/gi
const amount = /(\d+(?:,\d{3})*(?:\.\d+)?)\s*(万亿|亿|千万|百万|万|千|百)?(?:多)?(?:元|块钱|块|人民币)/g
const date =
  /(?:((?:19|20)\d{2})\s*[年./-]\s*(1[0-2]|0?[1-9])\s*[月./-]|(?<![\d.])(1[0-2]|0?[1-9])\s*月)\s*(3[01]|[12]\d|0?[1-9])(?:日|号|(?![\d.]))/g
const year = /(?<!\d)((?:19|20)\d{2})\s*年?(?!\d)/g
const followUp =
  /再次|再一次|又一次|第[二三四五六七八九十\d]+次|上次|之前(?:的)?(?:反映|投诉|留言|回复|答复)|此前(?:反映|投诉|留言)|(?:多次|屡次|曾|已经?)(?:向.{0,8})?(?:反映|投诉|举报|留言|致电)|仍然|依旧|依然|还是没|至今(?:未|没|仍)|原帖|追问|续[)）]/

const factorOf: { readonly [unit: string]: number } = {
  百: 1e2,
  千: 1e3,
  万: 1e4,
  百万: 1e6,
  千万: 1e7,
  亿: 1e8,
  万亿: 1e12,
}

/** Reads the figures of a text as it was written. */
export function factsIn(written: string): Facts {
  const text = written.slice(0, readCharacters).normalize('NFKC')
  return {
    plates: several(text, plate, ([found]) => found.replace(/[·•.\s]/g, '').toLowerCase()),
    amounts: several(
      text,
      amount,
      ([, figure, unit]) => Number(figure?.replaceAll(',', '')) * (factorOf[unit ?? ''] ?? 1),
    ),
    dates: several(text, date, ([, inYear, month, bare, day]) =>
      [inYear, (month ?? bare)?.padStart(2, '0'), day?.padStart(2, '0')].filter(Boolean).join('-'),
    ),
    years: several(text, year, ([, found]) => found ?? ''),
    followsUp: followUp.test(text),
  }
}

/** The years that a title names. */
export function yearsIn(title: string): readonly string[] {
  return several(title.normalize('NFKC'), year, ([, found]) => found ?? '')
}

function several<Fact>(text: string, form: RegExp, read: (match: RegExpMatchArray) => Fact): Fact[] {
  const found = new Set<Fact>()
  for (const match of text.matchAll(form)) {
    found.add(read(match))
    if (found.size === mostOfAKind) break
  }
  return [...found]
}
