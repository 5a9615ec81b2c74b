/** Trains a linking model 关联模型 on what is stored: weights without labels, refined by clerks' answers; stored, and used only when somebody says so. */
import type { Deps } from '../../deps.ts'
import { checkLease, releaseLease, takeLease } from '../../store/leases.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { figuresOf, type AnswerFigures } from './answer-figures.ts'
import { readAnswers, type Answer } from './answers.ts'
import { comparePair, type ComparePair } from './compared-pair.ts'
import { shippedModel, tableNames, type LinkModel, type TableName, type TrainedTables } from './link-model.ts'
import { learnRelatedness } from '../located/relatedness.ts'
import { learnApart } from './learn-apart.ts'
import type { Learned, TableFigures } from './learn-table.ts'
import { predictionsOf } from './predictions.ts'
import { pairsIn, samplePairs, type SampledPairs } from './sample-pairs.ts'
import type { ScoringTable } from './scoring-table.ts'
import { storeLinkModel, usedLinkModel } from './stored-models.ts'

export interface TrainOptions {
  /** Reports whose pairs are read; 2,000 where missing. */
  readonly sample?: number | undefined
  /** Who trains: a clerk number, no name. */
  readonly by: string
  readonly note?: string | undefined
  /** Share that is done, 0 to 1. */
  readonly onStep?: ((done: number) => void) | undefined
  readonly compare?: ComparePair | undefined
}

/** What a training came to; stored with the model as its figures. */
export interface LinkTraining {
  readonly version: string
  /** The model in use, with which it is compared. It starts from the shipped one: answers count once, however often is trained. */
  readonly before: string
  readonly reports: number
  readonly pairs: number
  readonly randomPairs: number
  readonly answers: number
  readonly tables: { readonly [table in TableName]?: TableFigures }
  /** Pairs of reports of two categories that it was learned from, and the bits of each pair of categories that they show. */
  readonly relatedness: { readonly pairs: number; readonly learned: { readonly [pair: string]: number } }
  /** On clerks' answers: the model in use, and this one on answers that it had not seen. */
  readonly agreement: { readonly before: AnswerFigures; readonly after: AnswerFigures }
}

type TrainDeps = Pick<Deps, 'db' | 'catalog' | 'now' | 'newId' | 'holder'>

export const defaultSample = 2_000
export const mostSample = 50_000
/** Fewer pairs under keys, or by chance, and no answers: nothing is learned. */
const fewestPairs = 50
const leaseMs = 30_000
const lease = 'link-training'
/** Reading pairs takes nearly all the time. */
const shareOfReading = 0.9

/**
 * Trains and stores a model. Leaves nothing where it is stopped half-way: all is written in one statement at the end. Throws `link.training` while another
 * training runs, `link.pairs` where too little is stored.
 */
export async function trainLinkModel(deps: TrainDeps, options: TrainOptions): Promise<LinkTraining> {
  const { sql } = deps.db
  // A holder of its own: two trainings of one process exclude each other, too.
  const holder = `${deps.holder}:${deps.newId()}`
  const hold = async () => {
    const held = await takeLease(sql, { name: lease, holder, forMs: leaseMs })
    if (held === null)
      throw new GatewayError(
        'link.training',
        'Another training of the linking model is running. Wait until it ends, at most some minutes.',
      )
    return held
  }
  await hold()
  try {
    return await train(deps, { ...options, hold })
  } finally {
    await releaseLease(sql, { name: lease, holder })
  }
}

async function train(
  deps: TrainDeps,
  options: TrainOptions & { hold: () => Promise<{ name: string; token: number }> },
): Promise<LinkTraining> {
  const { compare = comparePair, sample = defaultSample, onStep, hold } = options
  const model = await usedLinkModel(deps.db.sql)
  const answers = await readAnswers(deps, { model, compare })
  const pairs = await samplePairs(deps, {
    sample,
    compare,
    onStep: async (done) => {
      await hold()
      onStep?.(done * shareOfReading)
    },
  })
  checkEnough(pairs, answers)
  // Learning reads nothing: the lease is held on meanwhile.
  const holding = setInterval(() => void hold().catch(() => undefined), leaseMs / 3)
  const { tables, training } = await learn(deps, { model, pairs, answers }).finally(() =>
    clearInterval(holding),
  )
  const held = await hold()
  await deps.db.transaction(async (tx) => {
    await checkLease(tx, held)
    await storeLinkModel(tx, {
      version: training.version,
      tables,
      figures: { ...training },
      author: options.by,
      note: options.note ?? '',
      at: deps.now(),
    })
  })
  onStep?.(1)
  return training
}

function checkEnough(pairs: SampledPairs, answers: readonly Answer[]): void {
  const [candidates, random] = [pairsIn(pairs.candidates), pairsIn(pairs.random)]
  if (answers.length > 0 || Math.min(candidates, random) >= fewestPairs) return
  throw new GatewayError(
    'link.pairs',
    `${pairs.reports} linked reports were read; they make ${candidates} pairs with a key in common and ${random} by chance, and no clerk has answered yet. At least ${fewestPairs} pairs of each are needed. Let more reports come in.`,
  )
}

async function learn(
  deps: TrainDeps,
  { model, pairs, answers }: { model: LinkModel; pairs: SampledPairs; answers: readonly Answer[] },
): Promise<{ tables: TrainedTables; training: LinkTraining }> {
  const base = shippedModel()
  const learned: ({ name: TableName } & Learned)[] = []
  for (const name of tableNames) {
    const candidates = pairs.candidates[name].patterns()
    const random = pairs.random[name].patterns()
    const own = answers.filter(({ table }) => table === name)
    if (candidates.length === 0 && own.length === 0) continue
    const from = { candidates, random, answers: own }
    learned.push({ name, ...(await learnApart({ before: bare(base[name]), from })) })
  }
  const places = learned.find(({ name }) => name === 'located')
  const relatedness =
    places === undefined
      ? {}
      : learnRelatedness(
          {
            ...places.table,
            weights: { ...places.table.weights, categories: base.located.weights['categories'] ?? {} },
          },
          { answers: answers.filter(({ table }) => table === 'located'), linked: pairs.related },
        )
  const unseen = learned.flatMap((each) => each.unseen)
  const training: LinkTraining = {
    version: versionAt(deps),
    before: model.version,
    reports: pairs.reports,
    pairs: pairsIn(pairs.candidates),
    randomPairs: pairsIn(pairs.random),
    answers: answers.length,
    tables: Object.fromEntries(learned.map(({ name, figures }) => [name, figures])),
    relatedness: { pairs: pairs.related.length, learned: relatedness },
    agreement: { before: figuresOf(predictionsOf(model, answers)), after: figuresOf(unseen) },
  }
  const tables = Object.fromEntries(
    learned.map(({ name, table }) => [name, name === 'located' ? withCategories(table, relatedness) : table]),
  )
  return { tables: { ...tables, from: { told: bare(base.told), located: bare(base.located) } }, training }
}

const withCategories = (table: ScoringTable, learned: { readonly [pair: string]: number }): ScoringTable => ({
  ...table,
  weights: { ...table.weights, categories: { ...table.weights['categories'], ...learned } },
})

const bare = ({ prior, thresholds, weights }: ScoringTable): ScoringTable => ({ prior, thresholds, weights })

/** `trained-20261122-9f3c81`: the day here, and what tells two of one day apart. */
function versionAt({ now, newId }: Pick<TrainDeps, 'now' | 'newId'>): string {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(now())
  return `trained-${day.replaceAll('-', '')}-${newId().slice(-6)}`
}
