import { readFileSync, statSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { Presets, SingleBar } from 'cli-progress'
import { defineCommand } from 'citty'
import {
  proposeCategories,
  trainFromExamples,
  trainFromReports,
  type CategoryProposal,
  type TrainingResult,
} from '../classify/categories.ts'
import { defaultMinimum, type Level } from '../classify/examples.ts'
import type { ClassifiedText } from '../classify/features.ts'
import { readLabelled, readTexts } from '../classify/labelled-file.ts'
import { listModels } from '../classify/stored-models.ts'
import type { OnStep } from '../classify/train.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { jsonArg, printTable, shown, withDeps } from './open.ts'

const maxTextMiB = 1
const maxProposals = 20

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const pathOf = (name: string): string => resolve(process.env['GUIYI_CWD'] ?? '.', name)

function levelOf(text: string): Level {
  if (text === '1') return 1
  if (text === '3') return 3
  throw new GatewayError(
    'request.parameter',
    `--level takes 1 (top categories) or 3 (leaves), not "${text}".`,
  )
}

/** Throws `request.parameter`. */
function wholeNumber(text: string, name: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new GatewayError(
    'request.parameter',
    `${name} takes a whole number from ${min} to ${max}, not "${text}".`,
  )
}

/** Shows how far a training is, at a terminal only. */
async function withBar<T>(run: (onStep: OnStep) => Promise<T>): Promise<T> {
  const bar = new SingleBar(
    { format: 'training {bar} {percentage} % | {eta_formatted} left' },
    Presets.shades_classic,
  )
  let shownTotal = 0
  try {
    return await run((done, total) => {
      if (shownTotal === 0) bar.start((shownTotal = total), done)
      bar.update(done)
    })
  } finally {
    bar.stop()
  }
}

function printTraining(result: TrainingResult): void {
  printTable(
    ['category', '诉求分类', 'examples', 'precision', 'recall', 'F1'],
    result.categories.map((row) => [
      row.category,
      row.name,
      row.examples,
      percent(row.precision),
      percent(row.recall),
      percent(row.f1),
    ]),
  )
  const { tooFew, unknown } = result
  if (tooFew.length > 0)
    console.log(
      `\nLeft out, too few examples: ${tooFew.map(({ name, examples }) => `${name} ${examples}`).join(', ')}`,
    )
  if (unknown > 0)
    console.log(`\nLeft out: ${unknown} reports whose category is not in categories.yaml at this level.`)
  console.log(
    `\nModel ${result.id} learned from ${result.examples} examples in ${result.categories.length} categories and is in use now.\nOn texts that it had not seen (five folds): macro-F1 ${result.macroF1.toFixed(3)}, right ${percent(result.accuracy)}. It proposes; a table of the mapping decides.`,
  )
}

const trainCommand = defineCommand({
  meta: {
    name: 'train',
    description:
      'Train the classifier on stored reports, or on a file; the result is in use at once, and the ten newest are kept',
  },
  args: {
    file: {
      type: 'string',
      description:
        'Learn from this file instead: in each line {"title": …, "text": …, "category": code or name}',
    },
    level: {
      type: 'string',
      description: 'Of stored reports: 1 for top categories, 3 for leaves. Default 1',
    },
    minimum: {
      type: 'string',
      description: 'Leave out categories with fewer examples',
      default: String(defaultMinimum),
    },
    json: jsonArg,
  },
  run: ({ args: { file, level, minimum: least, json } }) => {
    const minimum = wholeNumber(least, '--minimum', { min: 2, max: 1000 })
    if (file !== undefined && level !== undefined)
      throw new GatewayError(
        'request.parameter',
        '--level goes with stored reports; the categories of a file are taken as they stand. Leave one of the two out.',
      )
    const given = file === undefined ? undefined : readLabelled(pathOf(file))
    const trainedLevel = levelOf(level ?? '1')
    return withDeps(async (deps) => {
      const result = await withBar((onStep) =>
        given === undefined
          ? trainFromReports(deps, { level: trainedLevel, minimum, onStep })
          : trainFromExamples(deps, given, { source: basename(file ?? ''), minimum, onStep }),
      )
      if (json) console.log(JSON.stringify(result))
      else printTraining(result)
    })
  },
})

/** The texts to propose for: one of the command line or of a file, or one for each line of a .jsonl file. */
function textsOf(args: {
  readonly text?: string | undefined
  readonly title?: string | undefined
  readonly file?: string | undefined
}): ClassifiedText[] {
  if ((args.text === undefined) === (args.file === undefined))
    throw new GatewayError(
      'request.parameter',
      'Give either --text with a text, or --file with the name of a file.',
    )
  if (args.file === undefined) return [{ title: args.title, text: args.text ?? '' }]
  const path = pathOf(args.file)
  if (extname(path) === '.jsonl') return readTexts(path)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || !found.isFile())
    throw new GatewayError(
      'request.parameter',
      `There is no file ${path}. Name a text file, or a .jsonl file with {"title": …, "text": …} in each line.`,
    )
  if (found.size > maxTextMiB * 1024 * 1024)
    throw new GatewayError(
      'request.parameter',
      `${basename(path)} has more than ${maxTextMiB} MiB. Give one text.`,
    )
  return [{ title: args.title, text: readFileSync(path, 'utf8') }]
}

function printProposals(proposals: readonly CategoryProposal[]): void {
  if (proposals.length === 0) console.log('Nothing in this text is known to the classifier.')
  else
    printTable(
      ['category', '诉求分类', 'probability'],
      proposals.map(({ code, name, probability }) => [code, name, percent(probability)]),
    )
}

const proposeCommand = defineCommand({
  meta: { name: 'propose', description: 'Propose categories for a text; nothing is stored' },
  args: {
    text: { type: 'string', description: 'The text' },
    title: { type: 'string', description: 'Its title, where it has one' },
    file: {
      type: 'string',
      description: 'A text file instead; of a .jsonl file each line is a text: {"title": …, "text": …}',
    },
    limit: { type: 'string', description: `How many categories at most, 1 to ${maxProposals}`, default: '3' },
    json: jsonArg,
  },
  run: ({ args }) => {
    const limit = wholeNumber(args.limit, '--limit', { min: 1, max: maxProposals })
    const texts = textsOf(args)
    return withDeps(async (deps) => {
      for (const [index, text] of texts.entries()) {
        const proposals = await proposeCategories(deps, text, { limit })
        if (args.json) console.log(JSON.stringify(proposals))
        else {
          if (texts.length > 1) console.log(`${index === 0 ? '' : '\n'}text ${index + 1}`)
          printProposals(proposals)
        }
      }
    })
  },
})

const listCommand = defineCommand({
  meta: { name: 'list', description: 'The stored classifiers, newest first' },
  args: { json: jsonArg },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const models = await listModels(deps)
      if (args.json) console.log(JSON.stringify(models))
      else if (models.length === 0)
        console.log('No classifier has been trained yet. Run: guiyi category train')
      else
        printTable(
          ['model', 'trained', 'learned from', 'examples', 'macro-F1', 'bytes', ''],
          models.map((model) => [
            model.id,
            shown(model.trainedAt),
            model.source,
            model.examples,
            model.macroF1?.toFixed(3),
            model.bytes,
            model.inUse ? 'in use' : '',
          ]),
        )
    }),
})

export const categoryCommand = defineCommand({
  meta: { name: 'category', description: 'Category proposals from text: train, propose, list' },
  subCommands: { train: trainCommand, propose: proposeCommand, list: listCommand },
})
