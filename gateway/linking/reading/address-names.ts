import type { Address, AddressName, AddressNumber } from './address.ts'
import { nameRarity, type GramRarity } from './address-grams.ts'

/** How two names of one level stand to each other; `one` where only one address has it. */
export type NameRelation = 'same' | 'contained' | 'different' | 'one' | 'none'

export function relationOf(a: string | undefined, b: string | undefined): NameRelation {
  if (a === undefined && b === undefined) return 'none'
  if (a === undefined || b === undefined) return 'one'
  if (a === b) return 'same'
  return a.includes(b) || b.includes(a) ? 'contained' : 'different'
}

// Endings that stand for each other: one compound is written as 花园, 小区 and 花苑.
const homes = new Set(
  (
    '小区 花园 花苑 家园 嘉园 佳园 佳苑 嘉苑 雅苑 名苑 名园 新苑 家苑 公寓 别墅 山庄 新村 新城 名城 华庭 豪庭 名庭 雅庭 豪苑 丽苑 景苑 苑 城 庭 府 湾 院 园 ' +
    '住宅区 生活区 家属院 家属楼 宿舍 宿舍区'
  ).split(' '),
)
const houses = new Set('大厦 大楼 写字楼 商厦 中心 广场 国际 市场 商场 商城 商贸城 百货'.split(' '))
const works = new Set('工业园 产业园 科技园 创业园 工业区 园区 厂区 厂 工厂 公司 有限公司 集团'.split(' '))

/** What sort of thing an ending says a site is. */
export function sortOfEnding(ending: string): string {
  if (ending === '') return 'name'
  if (homes.has(ending)) return 'home'
  return houses.has(ending) ? 'house' : works.has(ending) ? 'works' : 'other'
}

function endingsAgree(a: string, b: string): boolean {
  return a === '' || b === '' || [homes, houses, works].some((group) => group.has(a) && group.has(b))
}

/** Likeness of two sites, 0 to 1: 1 the same name and ending, above .9 another ending of the same sort, from .6 one name in the other. */
export function siteLikeness(a: AddressName, b: AddressName, rarity: GramRarity): number {
  if (a.name === b.name) return a.ending === b.ending ? 1 : endingsAgree(a.ending, b.ending) ? 0.95 : 0.8
  const [long, short] = a.name.length > b.name.length ? [a.name, b.name] : [b.name, a.name]
  if (short.length >= 2 && long.includes(short))
    return 0.6 + (0.3 * nameRarity(short, rarity)) / nameRarity(long, rarity)
  const shared = sharedCharacters(long, short, rarity)
  return shared === 0 ? 0 : 0.6 * Math.max(shared, editLikeness(long, short))
}

function sharedCharacters(long: string, short: string, rarity: GramRarity): number {
  const mine = new Set(long)
  const theirs = new Set(short)
  let common = 0
  for (const character of mine)
    if (theirs.has(character)) common += rarity.one.get(character) ?? rarity.unseen
  return common === 0 ? 0 : common / Math.max(mass(mine, rarity), mass(theirs, rarity))
}

function mass(characters: ReadonlySet<string>, rarity: GramRarity): number {
  let sum = 0
  for (const character of characters) sum += rarity.one.get(character) ?? rarity.unseen
  return sum
}

const longestEdited = 12

/** One less the share of characters to change; 0 for names too long to be typing errors of each other. */
function editLikeness(long: string, short: string): number {
  if (long.length > longestEdited || long.length > 2 * short.length) return 0
  let previous = Array.from({ length: short.length + 1 }, (_, index) => index)
  for (let i = 1; i <= long.length; i++) {
    const current = [i]
    for (let j = 1; j <= short.length; j++)
      current[j] = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (long[i - 1] === short[j - 1] ? 0 : 1),
      )
    previous = current
  }
  return 1 - (previous[short.length] ?? 0) / long.length
}

export interface SiteMatch {
  likeness: number
  /** Rarity of the less telling of the two names. */
  rarity: number
  names: readonly [string, string]
}

/** The two sites that are most alike, and of those the rarest; undefined where an address names none. */
export function bestSites(a: Address, b: Address, rarity: GramRarity): SiteMatch | undefined {
  let best: SiteMatch | undefined
  for (const mine of a.sites)
    for (const theirs of b.sites) {
      const likeness = siteLikeness(mine, theirs, rarity)
      if (best !== undefined && likeness < best.likeness) continue
      const rare = Math.min(nameRarity(mine.name, rarity), nameRarity(theirs.name, rarity))
      if (best === undefined || likeness > best.likeness || rare > best.rarity)
        best = {
          likeness,
          rarity: rare,
          names: [mine.name + mine.ending, theirs.name + theirs.ending],
        }
    }
  return best
}

export type RoadRelation =
  | 'same'
  | 'part'
  | 'direction'
  | 'ending'
  | 'ordinal'
  | 'typing'
  | 'different'
  | 'mentioned'
  | 'one'
  | 'none'

const roadEnding = /(?:大道|大街|马路|公路|路|街|巷|道)$/

/** The closest relation of two roads of the addresses, and the road they share. */
export function roadsOf(a: Address, b: Address): { relation: RoadRelation; road?: string } {
  if (a.roads.length === 0 && b.roads.length === 0) return { relation: 'none' }
  if (a.roads.length === 0 || b.roads.length === 0) return mentionedRoad(a, b)
  const both = a.roads.find((road) => b.roads.includes(road))
  if (both !== undefined) return { relation: 'same', road: both }
  let found: { relation: RoadRelation; road?: string } = { relation: 'different' }
  let rank = roadRanks.length
  for (const mine of a.roads)
    for (const theirs of b.roads) {
      const relation = roadRelation(mine, theirs)
      const its = roadRanks.indexOf(relation)
      if (its < 0 || its >= rank) continue
      rank = its
      found = { relation, road: mine.length < theirs.length ? mine : theirs }
    }
  return found
}

const roadRanks: readonly RoadRelation[] = ['part', 'direction', 'ending', 'ordinal', 'typing']

function roadRelation(a: string, b: string): RoadRelation {
  const [long, short] = a.length > b.length ? [a, b] : [b, a]
  const stem = short.replace(roadEnding, '')
  if (long.includes(short) || (stem.length > 1 && long.startsWith(stem) && long !== short)) {
    if (long.replace(roadEnding, '') === stem) return 'ending'
    return 'part'
  }
  const turned = (road: string) => road.replace(/[东南西北中上下前后]/g, '')
  if (turned(a) === turned(b) && turned(a).length > 1) return 'direction'
  if (a.replace(/\d+/, '') === b.replace(/\d+/, '') && a.length > 2) return 'ordinal'
  return a.length === b.length && a.length >= 3 && differences(a, b) === 1 ? 'typing' : 'different'
}

function differences(a: string, b: string): number {
  let count = 0
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) count++
  return count
}

function mentionedRoad(a: Address, b: Address): { relation: RoadRelation; road?: string } {
  const [having, other] = a.roads.length > 0 ? [a, b] : [b, a]
  const road = having.roads.find(
    (name) => name.length > 2 && other.text.includes(name.replace(roadEnding, '')),
  )
  return road === undefined ? { relation: 'one' } : { relation: 'mentioned', road }
}

export type NumberRelation = 'same' | 'range' | 'sub' | 'close' | 'near' | 'mid' | 'far' | 'one' | 'none'

/** Door numbers, and of them the lanes (弄) apart: another lane is another place, however equal the doors. */
export function doorsOf(a: Address, b: Address): { number: NumberRelation; lane: NumberRelation } {
  const lanes = (address: Address) => address.numbers.filter(({ unit }) => unit === '弄')
  const lane = numbersOf(lanes(a), lanes(b))
  return {
    lane,
    number: lane === 'one' || lane === 'none' ? numbersOf(a.numbers, b.numbers) : doorNumbers(a, b, lane),
  }
}

function doorNumbers(a: Address, b: Address, lane: NumberRelation): NumberRelation {
  if (lane !== 'same' && lane !== 'range') return lane
  const doors = (address: Address) => address.numbers.filter(({ unit }) => unit !== '弄')
  const number = numbersOf(doors(a), doors(b))
  return number === 'one' || number === 'none' ? lane : number
}

/** Door numbers: equal, one in the other's range, equal but for what follows (12-3 and 12), else by how far apart. */
function numbersOf(a: readonly AddressNumber[], b: readonly AddressNumber[]): NumberRelation {
  if (a.length === 0 && b.length === 0) return 'none'
  if (a.length === 0 || b.length === 0) return 'one'
  let nearest = Infinity
  let inRange = false
  for (const mine of a)
    for (const theirs of b) {
      if (mine.value === theirs.value) return 'same'
      const [from, to] = span(mine)
      const [otherFrom, otherTo] = span(theirs)
      if (from <= otherTo && otherFrom <= to) inRange = true
      nearest = Math.min(nearest, Math.abs(from - otherFrom))
    }
  if (nearest === 0) return 'sub'
  if (inRange) return 'range'
  return nearest <= 4 ? 'close' : nearest <= 20 ? 'near' : nearest <= 100 ? 'mid' : 'far'
}

function span({ value, to }: AddressNumber): [number, number] {
  const from = numberIn(value)
  return [from, Math.max(from, to === undefined ? from : numberIn(to))]
}

function numberIn(text: string): number {
  return Number(/\d+/.exec(text)?.[0] ?? Number.NaN)
}
