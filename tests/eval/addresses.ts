/**
 * How well two written addresses are known to be one place.
 *
 *   npm run eval -- --set addresses --data DIR [--out FILE]
 *
 * DIR holds `addresses/pairs.jsonl`: in each line `a`, `b` and `match` (exact, partial, none). Scored with the parameters that come with the gateway,
 * fixed beforehand; "yes" is exact or partial. Plain character overlap (Jaccard of pairs of characters) stands beside, with the threshold that is best on this very file.
 * Where the parameters were trained on DIR, the figures are flattering: `tests/eval/train-addresses.ts DIR` prints those of five folds.
 * --out gets a line for each pair: {a, b, match, score}. The last line printed is one JSON object.
 */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { readAddress, type Address } from '../../gateway/linking/reading/address.ts'
import { compareAddresses, type AddressComparison } from '../../gateway/linking/reading/address-compare.ts'
import {
  bestThreshold,
  binaryFigures,
  characterOverlap,
  macroF1,
  readAddressPairs,
  type AddressPair,
} from './address-pairs.ts'

const goalF1 = 0.85
/** Less than the shipped parameters reach: something broke. */
const leastF1 = 0.78

interface Compared {
  readonly results: readonly AddressComparison[]
  readonly readMicros: number
  readonly compareMicros: number
}

function compareAll(pairs: readonly AddressPair[]): Compared {
  const startedAt = performance.now()
  const read = new Map<string, Address>()
  for (const { a, b } of pairs)
    for (const text of [a, b]) if (!read.has(text)) read.set(text, readAddress(text))
  const readAt = performance.now()
  const results = pairs.map(({ a, b }) =>
    compareAddresses(read.get(a) ?? readAddress(a), read.get(b) ?? readAddress(b)),
  )
  return {
    results,
    readMicros: ((readAt - startedAt) * 1000) / read.size,
    compareMicros: ((performance.now() - readAt) * 1000) / pairs.length,
  }
}

function printMatrix(pairs: readonly AddressPair[], results: readonly AddressComparison[]): void {
  const classes = ['exact', 'partial', 'none'] as const
  console.log(`is \\ said  ${classes.map((name) => name.padStart(7)).join('  ')}`)
  for (const is of classes) {
    const counts = classes.map(
      (said) => pairs.filter((pair, index) => pair.match === is && results[index]?.match === said).length,
    )
    console.log(`${is.padEnd(9)}  ${counts.map((count) => String(count).padStart(7)).join('  ')}`)
  }
}

function scored(pairs: readonly AddressPair[], { results, readMicros, compareMicros }: Compared): number {
  const truth = pairs.map(({ match }) => match !== 'none')
  const figures = binaryFigures(
    results.map(({ match }) => match !== 'none'),
    truth,
  )
  const overlaps = pairs.map(characterOverlap)
  const threshold = bestThreshold(overlaps, truth)
  const overlap = binaryFigures(
    overlaps.map((value) => value >= threshold),
    truth,
  )
  const three = macroF1(
    results.map(({ match }) => match),
    pairs,
  )
  const round = (value: number) => Number(value.toFixed(4))
  console.log(
    `\nexact and partial against none: F1 ${figures.f1.toFixed(3)} (precision ${figures.precision.toFixed(3)}, recall ${figures.recall.toFixed(3)})`,
  )
  console.log(`plain character overlap, best threshold ${threshold.toFixed(3)}: F1 ${overlap.f1.toFixed(3)}`)
  console.log(`three classes: macro-F1 ${three.toFixed(3)}`)
  console.log(`${readMicros.toFixed(0)} µs to read an address, ${compareMicros.toFixed(0)} µs to compare two`)
  const line = { pairs: pairs.length, f1: figures.f1, precision: figures.precision, recall: figures.recall }
  const rest = { overlap_f1: overlap.f1, macro_f1_three: three, compare_micros: compareMicros }
  console.log(
    JSON.stringify(Object.fromEntries(Object.entries({ ...line, ...rest }).map(([k, v]) => [k, round(v)]))),
  )
  if (figures.f1 < goalF1) console.error(`The goal is an F1 of ${goalF1}.`)
  return figures.f1 >= leastF1 ? 0 : 1
}

/** Exit code: 0 at `leastF1` or above, 1 below, 2 where the data cannot be read or the decisions not be written. */
export async function evalAddresses(
  data: string,
  { out }: { out?: string | undefined } = {},
): Promise<number> {
  const from = process.env['GUIYI_CWD'] ?? '.'
  try {
    const pairs = readAddressPairs(join(resolve(from, data), 'addresses', 'pairs.jsonl'))
    const compared = compareAll(pairs)
    if (out !== undefined) writeFileSync(resolve(from, out), linesOf(pairs, compared))
    printMatrix(pairs, compared.results)
    return scored(pairs, compared)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return 2
  }
}

function linesOf(pairs: readonly AddressPair[], { results }: Compared): string {
  return results
    .map(({ match, score }, index) => {
      const { a, b } = pairs[index] ?? { a: '', b: '' }
      return `${JSON.stringify({ a, b, match, score: Number(score.toFixed(3)) })}\n`
    })
    .join('')
}
