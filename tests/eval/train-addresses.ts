/**
 * Makes the parameters by which written addresses are compared.
 *
 *   node tests/eval/train-addresses.ts DIR [FILE]
 *
 * DIR holds `addresses/pairs.jsonl`. Five folds first, by connected component, so that no address is learned from and scored; the background of characters is
 * taken from the learned folds alone. Then all pairs make FILE, by default the one that the gateway reads. The background holds characters and pairs of
 * characters that stand in eight addresses or more, never a whole name.
 */
import { writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readAddress, type Address } from '../../gateway/linking/reading/address.ts'
import { inOrder } from '../../gateway/linking/reading/address-compare.ts'
import { measureNames, measuredAt } from '../../gateway/linking/reading/address-fields.ts'
import { pairMeasures } from '../../gateway/linking/reading/address-measures.ts'
import {
  addressModelFile,
  addressModelOf,
  type AddressModel,
  type AddressModelFile,
  type PackedRarity,
} from '../../gateway/linking/reading/address-model.ts'
import { sideOf } from '../../gateway/linking/reading/address-sides.ts'
import { treesScore } from '../../gateway/linking/reading/address-trees.ts'
import { fitTrees, type FitOptions } from './address-fit.ts'
import {
  bestThreshold,
  binaryFigures,
  componentsOf,
  macroF1,
  readAddressPairs,
  type AddressPair,
} from './address-pairs.ts'

const folds = 5
const fewestAddresses = 8
const sampled = { measures: 0.4, examples: 0.7 }
const relatedOptions: FitOptions = { trees: 300, leaves: 12, rate: 0.05, fewest: 20, shrink: 5, ...sampled }
const exactOptions: FitOptions = { trees: 120, leaves: 8, rate: 0.05, fewest: 20, shrink: 5, ...sampled }
const orderOptions: FitOptions = { trees: 40, leaves: 8, rate: 0.15, fewest: 20, shrink: 5, ...sampled }

type Read = ReadonlyMap<string, Address>

/** Bits by which characters and pairs are rare, packed by half bits. */
function packedRarity(addresses: readonly Address[]): PackedRarity {
  const packed = (length: number) => {
    const counts = new Map<string, number>()
    for (const { text } of addresses) {
      const plain = text.replace(/[^\p{L}\p{N}]+/gu, '')
      const grams = Array.from({ length: Math.max(0, plain.length - length + 1) }, (_, index) =>
        plain.slice(index, index + length),
      )
      for (const gram of new Set(grams)) counts.set(gram, (counts.get(gram) ?? 0) + 1)
    }
    const lists: { [bits: string]: string } = {}
    for (const [gram, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (count < fewestAddresses) continue
      const bits = Math.round(2 * Math.log2(addresses.length / count)) / 2
      lists[bits] = (lists[bits] ?? '') + gram
    }
    return lists
  }
  const unseen = Math.round(2 * Math.log2((2 * addresses.length) / fewestAddresses)) / 2
  return { unseen, one: packed(1), two: packed(2) }
}

/** Without thresholds: those need pairs that were not learned from. */
function trainedOn(pairs: readonly AddressPair[], read: Read): AddressModelFile {
  const addresses = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].map((text) => addressOf(text, read))
  const rarity = packedRarity(addresses)
  const none = { prior: 0, trees: [] }
  const draft = { version: '', trained: {}, thresholds: { related: 0, exact: 0 }, rarity }
  const unordered = { ...draft, measures: measureNames(), order: none, related: none, exact: none }
  const order = orderOf(pairs, addressModelOf(unordered), read)
  const rows = rowsOf(pairs, addressModelOf({ ...unordered, order }), read)
  const isRelated = pairs.map(({ match }) => match !== 'none')
  const some = [...pairs.keys()].filter((index) => isRelated[index] === true)
  return {
    ...unordered,
    order,
    related: fitTrees(columnsOf(rows), isRelated, relatedOptions),
    exact: fitTrees(
      columnsOf(some.map((index) => rows[index] ?? new Float32Array())),
      some.map((index) => pairs[index]?.match === 'exact'),
      exactOptions,
    ),
  }
}

function addressOf(text: string, read: Read): Address {
  return read.get(text) ?? readAddress(text)
}

/** In the pairs the first address is what somebody wrote, the second a map's entry. */
function orderOf(pairs: readonly AddressPair[], { rarity, measures }: AddressModel, read: Read) {
  const alone = (text: string) => {
    const side = sideOf(addressOf(text, read), rarity)
    return measuredAt(pairMeasures(side, side), measures)
  }
  const rows = pairs.flatMap(({ a, b }) => [alone(a), alone(b)])
  return fitTrees(
    columnsOf(rows),
    rows.map((_, index) => index % 2 === 0),
    orderOptions,
  )
}

function rowsOf(pairs: readonly AddressPair[], model: AddressModel, read: Read): Float32Array[] {
  return pairs.map(({ a, b }) =>
    measuredAt(pairMeasures(...inOrder(addressOf(a, read), addressOf(b, read), model)), model.measures),
  )
}

function columnsOf(rows: readonly Float32Array[]): Float32Array[] {
  return Array.from(rows[0] ?? [], (_, at) => Float32Array.from(rows, (row) => row[at] ?? 0))
}

/** Scores of pairs that were not learned from. */
interface Scored {
  readonly fold: number
  readonly match: AddressPair['match']
  readonly related: number
  readonly exact: number
}

function scoredBy(
  file: AddressModelFile,
  { pairs, read, fold }: { pairs: readonly AddressPair[]; read: Read; fold: number },
): Scored[] {
  const model = addressModelOf(file)
  return rowsOf(pairs, model, read).map((row, index) => ({
    fold,
    match: pairs[index]?.match ?? 'none',
    related: treesScore(model.related, row),
    exact: treesScore(model.exact, row),
  }))
}

function thresholdsFrom(scored: readonly Scored[]): AddressModelFile['thresholds'] {
  const some = scored.filter(({ match }) => match !== 'none')
  const threshold = (of: readonly Scored[], key: 'related' | 'exact', isTrue: (one: Scored) => boolean) =>
    Number(
      bestThreshold(
        of.map((one) => one[key]),
        of.map(isTrue),
      ).toFixed(2),
    )
  return {
    related: threshold(scored, 'related', ({ match }) => match !== 'none'),
    exact: threshold(some, 'exact', ({ match }) => match === 'exact'),
  }
}

function said({ related, exact }: Scored, thresholds: AddressModelFile['thresholds']): AddressPair['match'] {
  if (related < thresholds.related) return 'none'
  return exact >= thresholds.exact ? 'exact' : 'partial'
}

const frontierBits = [-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3]

/** What other thresholds would give, on pairs that were not learned from. */
function printFrontier(scored: readonly Scored[]): void {
  const truth = scored.map(({ match }) => match !== 'none')
  console.log('threshold  precision  recall     F1')
  for (const bits of frontierBits) {
    const { precision, recall, f1 } = binaryFigures(
      scored.map(({ related }) => related >= bits),
      truth,
    )
    const [p, r, f] = [precision, recall, f1].map((value) => value.toFixed(3))
    console.log(`${String(bits).padStart(9)}  ${p?.padStart(9)}  ${r?.padStart(6)}  ${f?.padStart(5)}`)
  }
}

function foldOf(component: string): number {
  return (createHash('sha256').update(component).digest()[0] ?? 0) % folds
}

function crossValidated(pairs: readonly AddressPair[], read: Read): Scored[] {
  const foldsOfPairs = componentsOf(pairs).map(foldOf)
  return Array.from({ length: folds }, (_, fold) => {
    const file = trainedOn(
      pairs.filter((_pair, index) => foldsOfPairs[index] !== fold),
      read,
    )
    return scoredBy(file, { pairs: pairs.filter((_pair, index) => foldsOfPairs[index] === fold), read, fold })
  }).flat()
}

/** Each fold is decided by the thresholds that are best on the others. */
function figuresOf(scored: readonly Scored[]) {
  const decided = Array.from({ length: folds }, (_, fold) => {
    const thresholds = thresholdsFrom(scored.filter((one) => one.fold !== fold))
    const its = scored.filter((one) => one.fold === fold)
    const matches = its.map((one) => ({ match: one.match, said: said(one, thresholds) }))
    console.log(`fold ${fold}: ${its.length} pairs, F1 ${binary(matches).f1.toFixed(4)}`)
    return matches
  }).flat()
  const round = (value: number) => Number(value.toFixed(4))
  const { f1, precision, recall } = binary(decided)
  return {
    pairs: scored.length,
    f1_cross_validated: round(f1),
    precision_cross_validated: round(precision),
    recall_cross_validated: round(recall),
    macro_f1_three_cross_validated: round(
      macroF1(
        decided.map((one) => one.said),
        decided,
      ),
    ),
  }
}

function binary(decided: readonly { match: string; said: string }[]) {
  return binaryFigures(
    decided.map((one) => one.said !== 'none'),
    decided.map(({ match }) => match !== 'none'),
  )
}

function main(data: string, target: string): void {
  const pairs = readAddressPairs(join(data, 'addresses', 'pairs.jsonl'))
  const read = new Map(pairs.flatMap(({ a, b }) => [a, b]).map((text) => [text, readAddress(text)]))
  const scored = crossValidated(pairs, read)
  printFrontier(scored)
  const trained = figuresOf(scored)
  const file = { ...trainedOn(pairs, read), trained, thresholds: thresholdsFrom(scored) }
  writeFileSync(target, `${written({ ...file, version: versionOf(file) })}\n`)
  console.log(JSON.stringify(trained))
}

/** A line for each tree. */
function written(file: AddressModelFile): string {
  return JSON.stringify(file, null, 1).replaceAll(/\[\s+\[[\s\d\].,[e-]+?\]\s+\](?=,?\n)/g, (tree) =>
    tree.replaceAll(/\s+/g, ''),
  )
}

/** Equal parameters, equal version. */
function versionOf({ order, related, exact, thresholds, rarity }: AddressModelFile): string {
  return createHash('sha256')
    .update(JSON.stringify([order, related, exact, thresholds, rarity]))
    .digest('hex')
    .slice(0, 12)
}

const [data, target = addressModelFile] = process.argv.slice(2)
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (data === undefined) {
    console.error('Usage: node tests/eval/train-addresses.ts DIR [FILE]')
    process.exitCode = 2
  } else main(data, target)
}
