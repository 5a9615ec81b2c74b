/**
 * How well categories are proposed from text.
 *
 *   npm run eval -- --set categories --data DIR [--test FILE]
 *
 * DIR holds `complaints/labelled.jsonl`: in each line `title`, `text` and `category`. Five folds by the first four bytes of SHA-256 of `title\ntext`,
 * modulo 5; a model learns from four and is scored on the fifth. All settings of the classifier are fixed in the code, and its confidence is calibrated on
 * the learned folds alone. Equal texts share a fold; texts that differ in little may lie in two. With --test a model learns from all of DIR's file and is scored on FILE.
 * The last line is one JSON object.
 */
import { resolve, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { figuresOf, mean, type Figures } from '../../gateway/classify/figures.ts'
import { readLabelled } from '../../gateway/classify/labelled-file.ts'
import { classifierOf, type Proposal } from '../../gateway/classify/model.ts'
import { packModel, unpackModel } from '../../gateway/classify/model-bytes.ts'
import { foldCount, foldOf, train, type Example } from '../../gateway/classify/train.ts'
import { GatewayError } from '../../gateway/telemetry/errors.ts'

const goalMacroF1 = 0.86
const goalMicros = 1000
const confidenceSteps = 10

interface Scored {
  readonly examples: readonly Example[]
  readonly proposals: readonly Proposal[][]
  readonly micros: readonly number[]
  readonly trainMs: number
  readonly bytes: number
}

/** Learns, stores and reads back as the gateway does, then classifies one text at a time. */
function score(learned: readonly Example[], examples: readonly Example[]): Scored {
  const startedAt = performance.now()
  const packed = packModel(train(learned).model)
  const trainMs = performance.now() - startedAt
  const classify = classifierOf(unpackModel(packed))
  for (const example of learned.slice(0, 500)) classify(example)
  const micros: number[] = []
  const proposals = examples.map((example) => {
    const from = performance.now()
    const found = classify(example)
    micros.push((performance.now() - from) * 1000)
    return found
  })
  return { examples, proposals, micros, trainMs, bytes: packed.length }
}

function figures(categories: readonly string[], { examples, proposals }: Scored): Figures {
  return figuresOf(categories, {
    actual: examples.map(({ category }) => categories.indexOf(category)),
    predicted: proposals.map(([first]) => (first === undefined ? -1 : categories.indexOf(first.category))),
  })
}

function printCategories({ categories }: Figures): void {
  console.log('precision  recall      F1  examples  category')
  for (const row of categories)
    console.log(
      `${row.precision.toFixed(3).padStart(9)}  ${row.recall.toFixed(3).padStart(6)}  ${row.f1.toFixed(3).padStart(6)}  ${String(row.examples).padStart(8)}  ${row.category}`,
    )
}

/** Of the first proposals, by their confidence: how many hold. */
function printConfidence({ examples, proposals }: Scored): void {
  const first = examples.flatMap(({ category }, index) => {
    const proposal = proposals[index]?.[0]
    return proposal === undefined ? [] : [{ ...proposal, right: proposal.category === category }]
  })
  const steps = Map.groupBy(first, ({ probability }) =>
    Math.min(confidenceSteps - 1, Math.floor(probability * confidenceSteps)),
  )
  console.log('\nconfidence  right  texts')
  let gap = 0
  for (const [, group] of [...steps].toSorted(([a], [b]) => a - b)) {
    const said = mean(group.map(({ probability }) => probability))
    const held = mean(group.map(({ right }) => (right ? 1 : 0)))
    gap += (Math.abs(said - held) * group.length) / first.length
    console.log(
      `${said.toFixed(2).padStart(10)}  ${held.toFixed(2).padStart(5)}  ${String(group.length).padStart(5)}`,
    )
  }
  console.log(`They differ by ${gap.toFixed(3)} on average (expected calibration error).`)
}

function printSpeed({ micros, trainMs, bytes }: Pick<Scored, 'micros' | 'trainMs' | 'bytes'>): void {
  const sorted = micros.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
  console.log(
    `\nclassified in ${at(0.5)} µs a text (median), ${at(0.95)} µs (95th percentile), ${at(1)} µs at most; trained in ${(trainMs / 1000).toFixed(1)} s, its own five-fold check included; model ${Math.round(bytes / 1024)} KiB`,
  )
  if (at(0.95) > goalMicros) console.log(`That is more than the ${goalMicros} µs it should take.`)
}

function finish(result: { macroF1: number; accuracy: number }): number {
  const round = (value: number) => Number(value.toFixed(4))
  console.log(JSON.stringify({ macro_f1: round(result.macroF1), accuracy: round(result.accuracy) }))
  return result.macroF1 >= goalMacroF1 ? 0 : 1
}

function evalFolds(examples: readonly Example[]): number {
  const categories = [...new Set(examples.map(({ category }) => category))].toSorted()
  const folds = Map.groupBy(examples, (example) => foldOf(example))
  if (folds.size < foldCount || categories.length < 2)
    throw new GatewayError(
      'category.examples',
      `There are too few examples for ${foldCount} folds: ${examples.length} in ${categories.length} categories.`,
    )
  const parts = Array.from({ length: foldCount }, (_, fold) => {
    const part = score(
      examples.filter((example) => foldOf(example) !== fold),
      folds.get(fold) ?? [],
    )
    const result = figures(categories, part)
    console.log(
      `fold ${fold}: ${part.examples.length} texts, macro-F1 ${result.macroF1.toFixed(4)}, accuracy ${result.accuracy.toFixed(4)}`,
    )
    return { part, result }
  })
  const all: Scored = {
    examples: parts.flatMap(({ part }) => part.examples),
    proposals: parts.flatMap(({ part }) => part.proposals),
    micros: parts.flatMap(({ part }) => part.micros),
    trainMs: mean(parts.map(({ part }) => part.trainMs)),
    bytes: Math.max(...parts.map(({ part }) => part.bytes)),
  }
  console.log()
  printCategories(figures(categories, all))
  printConfidence(all)
  printSpeed(all)
  return finish({
    macroF1: mean(parts.map(({ result }) => result.macroF1)),
    accuracy: mean(parts.map(({ result }) => result.accuracy)),
  })
}

function evalTest(learned: readonly Example[], tested: readonly Example[]): number {
  const texts = new Set(learned.map(({ title, text }) => `${title ?? ''}\n${text}`))
  const known = tested.filter(({ title, text }) => texts.has(`${title ?? ''}\n${text}`)).length
  console.log(
    `learned from ${learned.length} texts, scored on ${tested.length}; ${known} of them stand in both, word for word`,
  )
  const categories = [...new Set([...learned, ...tested].map(({ category }) => category))].toSorted()
  const scored = score(learned, tested)
  const result = figures(categories, scored)
  console.log()
  printCategories(result)
  printConfidence(scored)
  printSpeed(scored)
  return finish(result)
}

/** Exit code: 0 at the goal or above, 1 below, 2 where the data cannot be read. */
export async function evalCategories(data: string, { test }: { test?: string | undefined }): Promise<number> {
  const from = process.env['GUIYI_CWD'] ?? '.'
  try {
    const learned = readLabelled(join(resolve(from, data), 'complaints', 'labelled.jsonl'))
    return test === undefined ? evalFolds(learned) : evalTest(learned, readLabelled(resolve(from, test)))
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    console.error(error.message)
    return 2
  }
}
