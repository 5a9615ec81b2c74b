/** Code tables as districts have them: each system numbers or names the same things in a way of its own. */
import type { Random } from '../../../demo/random.ts'
import type { ReportKind } from '../../../schemas/report.ts'
import { matters, type Matter } from './words.ts'

export interface OwnTable {
  /** Source code to canonical value. */
  readonly table: Readonly<Record<string, string>>
  /** The code of what was asked for. */
  readonly code: string
}

type Style = (random: Random, matter: Matter, at: number) => string
const letters = Array.from('ABCDEFGHKLMNPQRSTWXYZ')
const branches = ['城市管理', '市政设施', '环境保护', '社会事务', '交通秩序', '综合治理']

const styles: readonly Style[] = [
  (random, _matter, at) => `${1 + random.below(9)}${String(at).padStart(2, '0')}${random.below(10)}`,
  (random, _matter, at) => `${random.pick(letters)}${String(at + 1).padStart(2, '0')}`,
  (random, { name }) => random.pick([name, `${name}问题`, `${name}类`, `反映${name}`]),
  (random, _matter, at) => `${1 + random.below(9)}.${at + 1}.${1 + random.below(20)}`,
  (random, _matter, at) => `${random.pick(letters)}${random.pick(letters)}-${100 + at * 7 + random.below(7)}`,
  (random, _matter, at) => `4403${String(random.below(100)).padStart(2, '0')}${String(at).padStart(4, '0')}`,
  (random, { name }) => `${random.pick(branches)}/${name}`,
  (random, _matter, at) => `0${1 + random.below(8)}${String(at + 1).padStart(3, '0')}`,
]

/** Six to nine matters in this system's own codes; `only` picks one style by its place. */
export function categoryTable(random: Random, own: Matter, only?: number): OwnTable {
  const style = (only === undefined ? undefined : styles[only]) ?? random.pick(styles)
  const others = random.shuffled(matters.filter((matter) => matter !== own)).slice(0, 5 + random.below(4))
  const rows = [own, ...others].map((matter, at) => [style(random, matter, at), matter.category] as const)
  return { table: Object.fromEntries(random.shuffled(rows)), code: rows[0]?.[0] ?? '' }
}

const kinds: readonly (readonly [ReportKind, string, string, string])[] = [
  ['consultation', '咨询', 'ZX', 'CONSULT'],
  ['request', '求助', 'QZ', 'HELP'],
  ['complaint', '投诉', 'TS', 'COMPLAINT'],
  ['tip_off', '举报', 'JB', 'REPORT'],
  ['suggestion', '建议', 'JY', 'ADVICE'],
]
export const anyKind = (random: Random): ReportKind => random.pick(kinds)[0]

/** The kinds in this system's own codes: figures, Chinese words, pinyin letters, or English. */
export function kindTable(random: Random, own: ReportKind): OwnTable {
  const form = random.below(4)
  const from = 1 + random.below(60)
  const rows = random.shuffled(kinds).map(([kind, ...words], at) => {
    const code = form === 3 ? String(from + at).padStart(2, '0') : (words[form] ?? '')
    return [code, kind] as const
  })
  return { table: Object.fromEntries(rows), code: rows.find(([, kind]) => kind === own)?.[0] ?? '' }
}

/** What this system calls 已受理: no two channels with one code, none longer than the bureaus' columns (4). */
export function acceptedCode(random: Random, number: number): string {
  return random.pick([`S${number}`, `2${String(number).padStart(3, '0')}`, `受${number}`, `${number}A`])
}
