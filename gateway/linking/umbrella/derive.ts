/** The rule of a burst, from the reports that make it. Pure. */
import { categoryGroup } from '../compare.ts'
import type { Features } from '../types.ts'
import { metresBetween } from '../reading/distance.ts'
import type { UmbrellaRule } from './rule.ts'

/** A name or category counts from this share of the reports on, a word from more. */
const leastShare = 0.3
const wordShare = 0.5
const mostNames = 6
const mostWords = 6
const leastPoints = 3
const radiusM = { least: 300, most: 1500, perSpread: 1.5 } as const

/** Words that say that something is a complaint, not about what. */
const stockCharacters = new Set(
  '的了是在我你他她它们这那有没不也都就还与和及或到从对向把被让给为因而但如果所以很更最再又才只能会可要想请吗呢吧啊哦么什怎之其于以上下个些每各等'.split(
    '',
  ),
)
const stockWords = new Set(
  '问题 情况 部门 小区 居民 业主 严重 影响 希望 反映 投诉 解决 处理 尽快 相关 有关 生活 市民 群众 社区 街道 附近 周边 现在 目前 一直 多次 领导 政府 您好 你好 谢谢 核实 要求 建议 出现 存在 造成 导致 家里 大家 今天 昨天 晚上 早上 上午 下午 时间 原因 通知 恢复 电话 工作 人员 老人 孩子'.split(
    ' ',
  ),
)

/** `groupOf`: the group of a category, where the district's scheme knows it. */
export function deriveRule(
  reports: readonly Features[],
  groupOf: (category: string) => string | undefined = () => undefined,
): UmbrellaRule {
  const names = shared(
    reports.map(({ focus }) => [...focus.sites, ...focus.roads, ...focus.numbers]),
    leastShare,
  ).slice(0, mostNames)
  const categories = shared(
    reports.map(({ report }) =>
      report.category === undefined ? [] : [groupOf(report.category) ?? categoryGroup(report.category)],
    ),
    leastShare,
  )
  const components = shared(
    reports.map(({ report }) => {
      const own = report.location?.component
      return own?.code === undefined ? [] : [`${own.type}\n${own.code}`]
    }),
    wordShare,
  )
  const [type, code] = components[0]?.split('\n') ?? []
  const circle = circleOf(reports)
  const words = wordsOf(reports)
  return {
    ...(names.length === 0 ? {} : { names }),
    ...(type === undefined || code === undefined ? {} : { component: { type, code } }),
    ...(circle === undefined ? {} : { circle }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(words.length === 0 ? {} : { words, leastWords: 2 }),
  }
}

/** What at least this share of the lists holds, the most common first. */
function shared(lists: readonly (readonly string[])[], share: number): string[] {
  const counts = new Map<string, number>()
  for (const list of lists) for (const item of new Set(list)) counts.set(item, (counts.get(item) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count >= Math.max(Math.min(2, lists.length), lists.length * share))
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([item]) => item)
}

const middleOf = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

function circleOf(reports: readonly Features[]): UmbrellaRule['circle'] {
  const points = reports.flatMap(({ report }) => report.location?.point ?? [])
  if (points.length < Math.max(leastPoints, reports.length * leastShare)) return undefined
  const middle = {
    longitude: middleOf(points.map((point) => point.longitude)),
    latitude: middleOf(points.map((point) => point.latitude)),
  }
  const distances = points.map((point) => metresBetween(point, middle)).toSorted((a, b) => a - b)
  const spread = distances[Math.floor(distances.length * 0.9)] ?? 0
  const wide = Math.min(radiusM.most, Math.max(radiusM.least, spread * radiusM.perSpread))
  return { ...middle, radiusM: Math.round(wide) }
}

/** Pairs of characters that most of the reports write, and that are no name of a place. */
function wordsOf(reports: readonly Features[]): string[] {
  const lists = reports.map(({ words, places }) => {
    const names = [...places.sites, ...places.roads, ...places.streets, ...places.districts]
    const plain = names.reduce((text, name) => text.replaceAll(name, ' '), words)
    return Array.from({ length: Math.max(0, plain.length - 1) }, (_, index) =>
      plain.slice(index, index + 2),
    ).filter(isTelling)
  })
  return shared(lists, wordShare).slice(0, mostWords)
}

const isTelling = (word: string): boolean =>
  /^[\u4e00-\u9fff]{2}$/.test(word) &&
  !stockWords.has(word) &&
  !word.split('').some((character) => stockCharacters.has(character))
