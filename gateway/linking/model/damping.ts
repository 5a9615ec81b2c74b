/**
 * Fields that say partly the same, such as title and text, are counted twice by a sum of bits. What they say together is counted here, and the sum
 * of what each says is scaled to it.
 */
import { isDecided, type EmInput } from './em-input.ts'
import type { Pattern } from './tally.ts'

/** Of fewer pairs on either side, what two levels say together is not counted. */
const fewestPairs = 3
const fewestCells = 3
const leastDamping = 0.3
const smoothing = 0.5

interface Cell {
  readonly levels: readonly string[]
  matched: number
  chance: number
}

/** A group's fields that occur, the levels that pairs reach together in them, and which of these each candidate pattern reaches. */
interface Group {
  readonly fields: readonly string[]
  readonly cells: readonly Cell[]
  readonly cellOf: readonly (Cell | undefined)[]
}

/** Measures, for the probabilities of one matter of each candidate pattern, what the bits of each field of a group are multiplied by: at most 1. */
export function dampingMeter(input: EmInput): (posterior: Float64Array) => { [field: string]: number } {
  const known = knownFields(input.candidates)
  const groups = (input.dependent ?? []).map((fields) =>
    groupOf(
      input,
      fields.filter((field) => known.has(field)),
    ),
  )
  return (posterior) => {
    const damping: { [field: string]: number } = {}
    for (const group of groups) {
      const factor = factorOf(group, input.candidates, posterior)
      for (const field of group.fields) damping[field] = Math.min(1, Math.max(leastDamping, factor))
    }
    return damping
  }
}

function factorOf(
  { fields, cells, cellOf }: Group,
  candidates: readonly Pattern[],
  posterior: Float64Array,
): number {
  // Fields that are never known together are never counted twice.
  if (cells.length === 0 || fields.length < 2) return 1
  for (const cell of cells) cell.matched = 0
  for (const [index, cell] of cellOf.entries())
    if (cell !== undefined) cell.matched += (candidates[index]?.pairs ?? 0) * (posterior[index] ?? 0)
  return slopeOf(cells) ?? 1 / Math.sqrt(fields.length)
}

function knownFields(patterns: readonly Pattern[]): Set<string> {
  const known = new Set<string>()
  for (const { levels } of patterns)
    for (const [field, level] of Object.entries(levels)) if (level !== 'unknown') known.add(field)
  return known
}

function groupOf(input: EmInput, fields: readonly string[]): Group {
  const cells = new Map<string, Cell>()
  const reach = ({ levels }: Pattern) => {
    const reached = fields.map((field) => levels[field] ?? 'unknown')
    if (reached.includes('unknown')) return undefined
    const key = reached.join('\n')
    const cell = cells.get(key) ?? { levels: reached, matched: 0, chance: 0 }
    cells.set(key, cell)
    return cell
  }
  const cellOf = input.candidates.map((pattern) =>
    fields.some((field) => isDecided(input, field, pattern.under)) ? undefined : reach(pattern),
  )
  for (const pattern of input.random) {
    const cell = reach(pattern)
    if (cell !== undefined) cell.chance += pattern.pairs
  }
  return { fields, cells: [...cells.values()], cellOf }
}

/** Bits that a level says on one side of the group, by itself. */
function bitsByLevel(cells: readonly Cell[], place: number): Map<string, number> {
  const sums = new Map<string, { matched: number; chance: number }>()
  let [matched, chance] = [0, 0]
  for (const cell of cells) {
    const level = cell.levels[place] ?? ''
    const sum = sums.get(level) ?? { matched: smoothing, chance: smoothing }
    sum.matched += cell.matched
    sum.chance += cell.chance
    sums.set(level, sum)
    matched += cell.matched
    chance += cell.chance
  }
  return new Map(
    [...sums].map(([level, sum]) => [level, Math.log2((sum.matched / matched) * (chance / sum.chance))]),
  )
}

/** Least squares through nought of what levels say together on the sum of what each says. */
function slopeOf(cells: readonly Cell[]): number | undefined {
  const counted = cells.filter(({ matched, chance }) => Math.min(matched, chance) >= fewestPairs)
  if (counted.length < fewestCells) return undefined
  const [first] = cells
  const alone = (first?.levels ?? []).map((_, place) => bitsByLevel(cells, place))
  const [matched, chance] = cells.reduce(([m, u], cell) => [m + cell.matched, u + cell.chance], [0, 0])
  let [product, square] = [0, 0]
  for (const cell of counted) {
    const together = Math.log2((cell.matched / matched) * (chance / cell.chance))
    const sum = cell.levels.reduce((bits, level, place) => bits + (alone[place]?.get(level) ?? 0), 0)
    const mass = 1 / (1 / cell.matched + 1 / cell.chance)
    product += mass * together * sum
    square += mass * sum * sum
  }
  return square > 0 ? product / square : undefined
}
