import { Presets, SingleBar } from 'cli-progress'
import { defineCommand } from 'citty'
import { evaluateLinkModel } from '../linking/model/evaluate.ts'
import { explainReport } from '../linking/model/explain.ts'
import { listLinkModels, putToUse, type StoredLinkModel } from '../linking/model/stored-models.ts'
import { defaultSample, mostSample, trainLinkModel } from '../linking/model/train.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { printEvaluation, printExplanation, printLinkTraining } from './link-shown.ts'
import { jsonArg, printTable, shown, withDeps } from './open.ts'

const byArg = {
  type: 'string',
  description: 'Who says so: a clerk number. Default: the user of this shell',
} as const
const callerOf = (by: string | undefined): string => by ?? `cli:${process.env['USER'] ?? 'unknown'}`

function sampleOf(text: string): number {
  const sample = Number(text)
  if (Number.isInteger(sample) && sample >= 100 && sample <= mostSample) return sample
  throw new GatewayError(
    'request.parameter',
    `--sample takes a whole number from 100 to ${mostSample}, not "${text}".`,
  )
}

/** Shows how far a training is, at a terminal only. */
async function withBar<T>(run: (onStep: (done: number) => void) => Promise<T>): Promise<T> {
  const bar = new SingleBar(
    { format: 'training {bar} {percentage} % | {eta_formatted} left' },
    Presets.shades_classic,
  )
  bar.start(100, 0)
  try {
    return await run((done) => bar.update(Math.round(100 * done)))
  } finally {
    bar.stop()
  }
}

const trainCommand = defineCommand({
  meta: {
    name: 'train',
    description:
      'Train the linking model on stored pairs, without labels, and on clerks’ answers; it is used when somebody says so',
  },
  args: {
    sample: {
      type: 'string',
      description: `Reports whose pairs are read, 100 to ${mostSample}, spread over all that is stored`,
      default: String(defaultSample),
    },
    use: { type: 'boolean', description: 'Put it to use at once', default: false },
    note: { type: 'string', description: 'Why it was trained' },
    by: byArg,
    json: jsonArg,
  },
  run: ({ args }) => {
    const sample = sampleOf(args.sample)
    const by = callerOf(args.by)
    return withDeps(async (deps) => {
      const training = await withBar((onStep) =>
        trainLinkModel(deps, { sample, by, note: args.note, onStep }),
      )
      if (args.use) await putToUse(deps, { version: training.version, by })
      if (args.json) console.log(JSON.stringify(training))
      else printLinkTraining(training, args.use)
    })
  },
})

const evalCommand = defineCommand({
  meta: { name: 'eval', description: 'How a linking model agrees with the clerks’ answers that are stored' },
  args: {
    model: { type: 'string', description: 'A version, or shipped. Default: the one in use' },
    json: jsonArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const found = await evaluateLinkModel(deps, args.model)
      if (args.json) console.log(JSON.stringify(found))
      else printEvaluation(found)
    }),
})

const explainCommand = defineCommand({
  meta: {
    name: 'explain',
    description:
      'Every case a report may belong to, what speaks for and against, what was and would be decided',
  },
  args: {
    report: {
      type: 'positional',
      description: 'The report: its id, or channel/number',
      required: true,
    },
    with: { type: 'string', description: 'Only this report or case number' },
    lang: { type: 'string', description: 'zh or en', default: 'en' },
    json: jsonArg,
  },
  run: ({ args }) => {
    const { lang } = args
    if (lang !== 'zh' && lang !== 'en')
      throw new GatewayError('request.parameter', `--lang takes zh or en, not "${lang}".`)
    return withDeps(async (deps) => {
      const found = await explainReport(deps, { report: args.report, against: args.with })
      if (args.json) console.log(JSON.stringify(found))
      else printExplanation(found, lang)
    })
  },
})

const countOf = ({ figures }: StoredLinkModel, name: 'pairs' | 'answers'): string => {
  const count = figures[name]
  return typeof count === 'number' ? String(count) : ''
}

const modelsCommand = defineCommand({
  meta: { name: 'models', description: 'The linking models that were trained here, and the shipped one' },
  args: { json: jsonArg },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const models = await listLinkModels(deps)
      if (args.json) console.log(JSON.stringify(models))
      else
        printTable(
          ['model', 'trained', 'by', 'pairs', 'answers', 'used from', '', 'note'],
          models.map((model) => [
            model.version,
            model.author === 'shipped' ? 'shipped' : shown(model.trainedAt),
            model.author === 'shipped' ? '' : model.author,
            countOf(model, 'pairs'),
            countOf(model, 'answers'),
            shown(model.usedFrom),
            model.inUse ? 'in use' : '',
            model.note,
          ]),
        )
    }),
})

const useCommand = defineCommand({
  meta: {
    name: 'use',
    description: 'Link with this model from now on; an earlier one, or shipped, rolls back',
  },
  args: {
    version: { type: 'positional', description: 'A version, or shipped', required: true },
    by: byArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const version = await putToUse(deps, { version: args.version, by: callerOf(args.by) })
      console.log(`${version} is in use; running gateways follow within seconds.`)
    }),
})

export const linkCommand = defineCommand({
  meta: { name: 'link', description: 'The linking model: train, eval, explain, models, use' },
  subCommands: {
    train: trainCommand,
    eval: evalCommand,
    explain: explainCommand,
    models: modelsCommand,
    use: useCommand,
  },
})
