import { pinyin } from 'pinyin-pro'
import { englishTokens, matchEnglish } from './english-match.ts'
import { elsewhere, lexicon, type DraftTarget, type Term } from './lexicon.ts'

/** A reading of a source field's name. `elsewhere`: known to many sources, and no part of a report. */
export interface NameMatch {
  readonly target: DraftTarget | 'elsewhere'
  /** 0 to 1. */
  readonly score: number
  /** In words for the person who reads the draft. */
  readonly why: string
}

interface Entry {
  readonly target: NameMatch['target']
  readonly term: string
  readonly lower: string
  readonly weight: number
}

interface Index {
  readonly terms: readonly Entry[]
  readonly byPinyin: ReadonlyMap<string, readonly Entry[]>
  readonly byInitials: ReadonlyMap<string, readonly Entry[]>
}

/** Whose a thing is, or of which later step: then it is not the reporter's, nor of the report. */
const OTHERS =
  /处理|处置|办理|承办|经办|责任|坐席|话务|记录人|登记人|受理人|工作人员|部门|单位|回访|回复|答复|办结|审核|审批|派单|派遣|签收|领导|操作|转办|交办|更新|修改|截止|到期|完成|结案|反馈|满意|评价|督办|接线|是否/
const TAILS = /^(代码|编码|名称|文本|值|信息|URL|地址|列表|链接|ID|码|\d{1,2})$/i
/** How sure initials are, by their number: two letters stand for many words. */
const INITIALS: readonly number[] = [0, 0, 0.5, 0.72, 0.86]
const MANY_INITIALS = 0.92
const known = 0.6

let index: Index | undefined

/** Every reading of a name, the best first. `parents` are the names of the objects around it. */
export function matchName(key: string, parents: readonly string[] = []): NameMatch[] {
  const matches = new Map<NameMatch['target'], NameMatch>()
  const take = (match: NameMatch): void => {
    const before = matches.get(match.target)
    if (match.score > (before?.score ?? 0)) matches.set(match.target, match)
  }
  const plain = plainName(key)
  const parent = plainName(parents.at(-1) ?? '')
  if (/\p{Script=Han}/u.test(plain)) {
    for (const match of matchChinese(plain)) take(OTHERS.test(parent) ? weaker(match) : match)
    if (/\p{Script=Han}/u.test(parent)) matchChinese(parent + plain).forEach(take)
  } else {
    matchEnglish(key, parents).forEach(take)
    matchPinyin(key, parent).forEach(take)
  }
  const other = matches.get('elsewhere')?.score ?? 0
  return [...matches.values()]
    .map((match) =>
      match.target !== 'elsewhere' && other >= match.score
        ? { ...match, score: match.score * (1 - 0.8 * other) }
        : match,
    )
    .toSorted((a, b) => b.score - a.score)
}

/** The target that a name means for sure enough to recognise a record by it. */
export function bestTarget(name: string): DraftTarget | undefined {
  const [best] = matchName(name)
  return best === undefined || best.target === 'elsewhere' || best.score < known ? undefined : best.target
}

/** How many different targets a line of names has; of a long line the first 500 names. */
export function recognisedCount(names: readonly string[]): number {
  const targets = [...new Set(names.slice(0, 500))].map(bestTarget)
  return new Set(targets.filter((target) => target !== undefined)).size
}

const weaker = (match: NameMatch): NameMatch => ({ ...match, score: match.score * 0.2 })

/** Without what stands in brackets (“必填”), and in one width and case. Long names are no names. */
const plainName = (key: string): string =>
  key
    .slice(0, 100)
    .normalize('NFKC')
    .replaceAll(/[(（【[][^)）】\]]*[)）】\]]/g, '')
    .replaceAll(/[\s*:：_-]+/g, '')
    .toLowerCase()

function matchChinese(name: string): NameMatch[] {
  return theIndex().terms.flatMap(({ target, term, weight, lower }): NameMatch[] => {
    const score = likeness(name, lower) * weight
    if (score < 0.2) return []
    const why = name === lower ? `就是“${term}”` : `含“${term}”`
    return [{ target, score, why }]
  })
}

/** The head of a Chinese name stands at its end: 来电人联系电话 is a 联系电话. */
function likeness(name: string, term: string): number {
  if (name === term) return 0.97
  if (term.length < 2) return 0
  if (name.endsWith(term)) {
    const before = name.slice(0, -term.length)
    return (0.9 - 0.05 * Math.min(before.length, 8)) * (OTHERS.test(before) ? 0.15 : 1)
  }
  if (name.startsWith(term) && TAILS.test(name.slice(term.length))) return 0.88
  return term.length > 2 && name.includes(term) && !OTHERS.test(name) ? 0.45 : 0
}

function matchPinyin(key: string, parent: string): NameMatch[] {
  const letters = lettersOf(key)
  const tokens = englishTokens(key)
  const names = new Map<string, number>([[letters, 1]])
  const last = tokens.at(-1)
  // A prefix of the table (`c_`, `f_`, `wt_`) stands before many names.
  if (tokens.length > 1 && last !== undefined) names.set(lettersOf(last), 0.9)
  if (/^[a-z]+$/.test(parent)) names.set(parent + letters, 0.98)
  return [...names].flatMap(([name, sure]) => [...readPinyin(name, sure)])
}

function* readPinyin(name: string, sure: number): Generator<NameMatch> {
  const { byPinyin, byInitials } = theIndex()
  for (const { target, term, weight } of byPinyin.get(name) ?? [])
    yield { target, score: 0.95 * weight * sure, why: `“${term}”的拼音` }
  const initials = INITIALS[name.length] ?? MANY_INITIALS
  for (const { target, term, weight } of byInitials.get(name) ?? [])
    yield { target, score: initials * weight * sure, why: `“${term}”的拼音首字母` }
}

const lettersOf = (key: string): string =>
  key
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/\d+$/, '')

function theIndex(): Index {
  index ??= buildIndex()
  return index
}

function buildIndex(): Index {
  const entriesOf = (target: NameMatch['target'], terms: readonly Term[]): Entry[] =>
    terms.map(([term, weight]) => ({ target, term, weight, lower: term.toLowerCase() }))
  const terms = [
    ...Object.entries(lexicon).flatMap(([target, { zh }]) => entriesOf(target as DraftTarget, zh)),
    ...entriesOf('elsewhere', elsewhere.zh),
  ]
  const syllables = terms.map((entry) => ({
    entry,
    parts: pinyin(entry.lower, { toneType: 'none', type: 'array', v: true }),
  }))
  return {
    terms,
    byPinyin: grouped(syllables.map(({ entry, parts }) => [parts.join(''), entry])),
    byInitials: grouped(syllables.map(({ entry, parts }) => [parts.map((part) => part[0]).join(''), entry])),
  }
}

/** Of several terms for one target the one that weighs most. */
function grouped(pairs: readonly (readonly [string, Entry])[]): Map<string, Entry[]> {
  const map = new Map<string, Entry[]>()
  for (const [name, entry] of pairs) {
    const list = map.get(name) ?? []
    const same = list.findIndex(({ target }) => target === entry.target)
    if (same === -1) list.push(entry)
    else if ((list[same]?.weight ?? 0) < entry.weight) list[same] = entry
    map.set(name, list)
  }
  return map
}
