/** A part's `detail` in Chinese: it is put together of few phrases, those of levels among them, and of what was measured. */
import { levelWords } from './level-words.ts'

const phrases: { readonly [english: string]: string } = {
  ...Object.fromEntries(
    Object.values(levelWords).flatMap((levels) => Object.values(levels).map(({ en, zh }) => [en, zh])),
  ),
  'within an hour': '相隔不到一小时',
  'same address': '同一地址',
  'same crossing': '同一路口',
  'same house': '同一门牌',
  'same street': '同一道路',
  'no number': '未写门牌',
  'one stands at a crossing of the street of the other': '一方在另一方道路的路口',
  'one names a street of the crossing of the other': '一方提到另一方路口的道路',
  'two crossings of one street': '同一道路的两个路口',
  'a number is missing': '缺门牌号',
  'other street': '不同道路',
  'no address on both sides': '地址不明',
  'another house of the same street': '同一道路的不同门牌',
  'different categories': '类别不同',
  'same place': '同一地点',
  nearby: '在附近',
  'distance not known': '距离不明',
  'how often this category is reported twice': '此类别重复上报的多少',
  'how often these categories are one matter': '这两类属于同一事项的多少',
  'how often these groups of categories are one matter': '这两大类属于同一事项的多少',
  'this category was reported at this address in two weeks': '两周内此地址有同类诉求',
  'this category was not reported at this address in two weeks': '两周内此地址无同类诉求',
  'how often these channels report one matter': '这两个渠道反映同一事项的多少',
  'another channel': '不同渠道',
  'the same channel': '同一渠道',
  'no name of its own': '无专名',
}

const units: { readonly [unit: string]: string } = {
  m: '米',
  km: '公里',
  min: '分钟',
  minute: '分钟',
  hour: '小时',
  h: '小时',
  day: '天',
}

const measured: readonly (readonly [RegExp, (found: readonly string[]) => string | undefined])[] = [
  [/^(\d+(?:\.\d+)?) (k?m) apart$/, ([, number, unit = '']) => `相距${number}${units[unit]}`],
  [
    /^(\d+(?:\.\d+)?) (min|h|minute|hour|day)s? apart$/,
    ([, number, unit = '']) => `相隔${number}${units[unit]}`,
  ],
  [
    /^(title|text) (\d+) % alike$/,
    ([, what, number]) => `${what === 'title' ? '标题' : '内容'}相似${number} %`,
  ],
  [/^text (\d+) % alike$/, ([, number]) => `内容相似${number} %`],
  [/^common words (\d+) % alike$/, ([, number]) => `常用词相似${number} %`],
  [/^matter (\d+) % alike$/, ([, number]) => `事项相似${number} %`],
  [/^titles (\d+) % alike in what happened$/, ([, number]) => `标题所述事项相似${number} %`],
  [
    /^title and the other's text (\d+) % alike in matter$/,
    ([, number]) => `标题与对方内容事项相似${number} %`,
  ],
  [/^rare words in common: (\d+) bits$/, ([, number]) => `共有少见词：${number}比特`],
  [/^rare words in common beside titles: (\d+) bits$/, ([, number]) => `标题以外共有少见词：${number}比特`],
  [/^(\d+) % of a title's rare words said by the other$/, ([, number]) => `标题少见词有${number} %见于对方`],
  [/^(\d+) % of one's own names said by the other$/, ([, number]) => `一方专名有${number} %见于对方`],
  [/^(\d+) % of the other's names said by one$/, ([, number]) => `对方专名有${number} %见于本方`],
  [/^what (.+) says for this category$/, ([, what = '']) => within('就此类别而言，', what)],
  [/^reports of this category nearby: (.+)$/, ([, count = '']) => `附近同类诉求：${counted(count)}`],
  [
    /^reports of this category that are nearer: (.+)$/,
    ([, count = '']) => `更近的同类诉求：${counted(count)}`,
  ],
  [/^reports at this address: (.+)$/, ([, count = '']) => `此地址的诉求：${counted(count)}`],
]

/** The detail in Chinese; undefined where a phrase of it is not known. */
export function detailInChinese(detail: string): string | undefined {
  const said = detail.split(', ').map(phraseInChinese)
  return detail === '' || said.includes(undefined) ? undefined : said.join('，')
}

function phraseInChinese(phrase: string): string | undefined {
  const known = phrases[phrase]
  if (known !== undefined) return known
  for (const [pattern, say] of measured) {
    const found = pattern.exec(phrase)
    if (found !== null) return say(found)
  }
  return undefined
}

function within(before: string, phrase: string): string | undefined {
  const said = phraseInChinese(phrase)
  return said === undefined ? undefined : `${before}${said}`
}

function counted(count: string): string {
  if (count === 'none') return '无'
  if (count === 'more than eight') return '八件以上'
  const [, least] = /^at least (\d+)$/.exec(count) ?? []
  if (least !== undefined) return `至少${least}件`
  const [, most] = /^up to (\d+)$/.exec(count) ?? []
  return most === undefined ? count : `至多${most}件`
}
