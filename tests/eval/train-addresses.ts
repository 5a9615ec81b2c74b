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
import { addressLevels } from '../../gateway/linking/reading/address-levels.ts'
import {
  addressModelFile,
  addressModelOf,
  type AddressModelFile,
  type PackedRarity,
} from '../../gateway/linking/reading/address-model.ts'
import { fitWeights, scoreOf } from './address-fit.ts'
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
const options = { shrink: 8, rounds: 300, fewest: 8 }

type Read = ReadonlyMap<string, Address>

/** Bits by which characters and pairs are rare, packed by half bits. */
function rarityOf(addresses: readonly Address[]): PackedRarity {
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

function trainedOn(pairs: readonly AddressPair[], read: Read): AddressModelFile {
  const texts = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))]
  const rarity = rarityOf(texts.map((text) => read.get(text) ?? readAddress(text)))
  const draft = { version: '', trained: {}, rarity, thresholds: { related: 0, exact: 0 } }
  const none = { prior: 0, weights: {} }
  const levels = levelsOf(pairs, { read, file: { ...draft, related: none, exact: none } })
  const isRelated = pairs.map(({ match }) => match !== 'none')
  const related = fitWeights(levels, isRelated, options)
  const some = pairs.flatMap((_, index) => (isRelated[index] === true ? [index] : []))
  const isExact = some.map((index) => pairs[index]?.match === 'exact')
  const someLevels = some.map((index) => levels[index] ?? {})
  const exact = fitWeights(someLevels, isExact, { ...options, shrink: 2 * options.shrink })
  const thresholdOf = (scores: readonly number[], truth: readonly boolean[]) =>
    Number(bestThreshold(scores, truth).toFixed(2))
  const thresholds = {
    related: thresholdOf(
      levels.map((each) => scoreOf(each, related)),
      isRelated,
    ),
    exact: thresholdOf(
      someLevels.map((each) => scoreOf(each, exact)),
      isExact,
    ),
  }
  return { ...draft, related, exact, thresholds }
}

function levelsOf(pairs: readonly AddressPair[], { read, file }: { read: Read; file: AddressModelFile }) {
  const { rarity } = addressModelOf(file)
  return pairs.map(({ a, b }) =>
    addressLevels(read.get(a) ?? readAddress(a), read.get(b) ?? readAddress(b), rarity),
  )
}

interface Said {
  readonly match: AddressPair['match']
  readonly score: number
}

function saidBy(file: AddressModelFile, pairs: readonly AddressPair[], read: Read): Said[] {
  return levelsOf(pairs, { read, file }).map((levels) => {
    const score = scoreOf(levels, file.related)
    if (score < file.thresholds.related) return { match: 'none', score }
    return { match: scoreOf(levels, file.exact) >= file.thresholds.exact ? 'exact' : 'partial', score }
  })
}

const frontierBits = [-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3]

/** What other thresholds would give, on pairs that were not learned from. */
function printFrontier(said: readonly Said[], truth: readonly boolean[]): void {
  console.log('threshold  precision  recall     F1')
  for (const bits of frontierBits) {
    const { precision, recall, f1 } = binaryFigures(
      said.map(({ score }) => score >= bits),
      truth,
    )
    const [p, r, f] = [precision, recall, f1].map((value) => value.toFixed(3))
    console.log(`${String(bits).padStart(9)}  ${p?.padStart(9)}  ${r?.padStart(6)}  ${f?.padStart(5)}`)
  }
}

function foldOf(component: string): number {
  return (createHash('sha256').update(component).digest()[0] ?? 0) % folds
}

function crossValidate(pairs: readonly AddressPair[], read: Read) {
  const foldsOfPairs = componentsOf(pairs).map(foldOf)
  const said: Said[] = pairs.map(() => ({ match: 'none', score: 0 }))
  for (let fold = 0; fold < folds; fold++) {
    const learned = pairs.filter((_, index) => foldsOfPairs[index] !== fold)
    const held = pairs.flatMap((pair, index) => (foldsOfPairs[index] === fold ? [{ pair, index }] : []))
    const file = trainedOn(learned, read)
    const its = saidBy(
      file,
      held.map(({ pair }) => pair),
      read,
    )
    held.forEach(({ index }, at) => (said[index] = its[at] ?? { match: 'none', score: 0 }))
    const figures = binaryFigures(
      its.map(({ match }) => match !== 'none'),
      held.map(({ pair }) => pair.match !== 'none'),
    )
    console.log(`fold ${fold}: ${held.length} pairs, F1 ${figures.f1.toFixed(4)}`)
  }
  const truth = pairs.map(({ match }) => match !== 'none')
  printFrontier(said, truth)
  const matches = said.map(({ match }) => match)
  const figures = binaryFigures(
    matches.map((match) => match !== 'none'),
    truth,
  )
  return { ...figures, three: macroF1(matches, pairs) }
}

function main(data: string, target: string): void {
  const pairs = readAddressPairs(join(data, 'addresses', 'pairs.jsonl'))
  const read = new Map(pairs.flatMap(({ a, b }) => [a, b]).map((text) => [text, readAddress(text)]))
  const cross = crossValidate(pairs, read)
  const round = (value: number) => Number(value.toFixed(4))
  const figures = {
    pairs: pairs.length,
    f1_cross_validated: round(cross.f1),
    precision_cross_validated: round(cross.precision),
    recall_cross_validated: round(cross.recall),
    macro_f1_three_cross_validated: round(cross.three),
  }
  const file = trainedOn(pairs, read)
  const text = JSON.stringify({ ...file, version: versionOf(file), trained: figures }, null, 1)
  writeFileSync(target, `${text}\n`)
  console.log(JSON.stringify(figures))
}

/** Equal parameters, equal version. */
function versionOf({ related, exact, thresholds, rarity }: AddressModelFile): string {
  return createHash('sha256')
    .update(JSON.stringify([related, exact, thresholds, rarity]))
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
