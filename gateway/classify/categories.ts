/**
 * Category proposals from text. They only propose: a table of the channel's mapping decides, and nothing here writes a category to a report
 * or a case.
 */
import { setImmediate } from 'node:timers/promises'
import type { Deps } from '../deps.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { defaultMinimum, selectExamples, selectReports, type Level, type Selection } from './examples.ts'
import type { ClassifiedText } from './features.ts'
import type { CategoryFigures } from './figures.ts'
import { newestClassifier, storeModel } from './stored-models.ts'
import { train, type Example, type OnStep } from './train.ts'

export interface CategoryProposal {
  /** As in categories.yaml; a model that learned from a file can hold others. */
  readonly code: string
  /** Chinese name; the code again where categories.yaml has none. */
  readonly name: string
  /** From 0 to 1: of the proposals with 0.8, about four in five hold. */
  readonly probability: number
}

/** What became of a training. */
export interface TrainingResult {
  readonly id: string
  readonly source: string
  readonly examples: number
  /** Means over five folds, on texts that were left out. */
  readonly macroF1: number
  readonly accuracy: number
  readonly categories: readonly (CategoryFigures & { readonly name: string })[]
  /** Reports whose category is not known at this level. */
  readonly unknown: number
  readonly tooFew: readonly { readonly category: string; readonly name: string; readonly examples: number }[]
}

type TrainDeps = Pick<Deps, 'db' | 'catalog' | 'now' | 'newId'>

interface TrainOptions {
  /** A category needs at least this many examples. Default 10. */
  readonly minimum?: number | undefined
  readonly onStep?: OnStep | undefined
}

/**
 * Trains on stored reports with the categories that the dispatch left their cases in, at most the newest 20,000, and stores the model. Blocks the
 * process for seconds to minutes, so it belongs in a process of its own. Throws `category.examples`.
 */
export async function trainFromReports(
  deps: TrainDeps,
  { level, minimum = defaultMinimum, onStep }: TrainOptions & { readonly level: Level },
): Promise<TrainingResult> {
  const selection = await selectReports(deps, { level, minimum })
  return await trainAndStore(deps, selection, { source: `reports, level ${level}`, onStep })
}

/** Trains on given examples and stores the model under the name of their source. Throws `category.examples`. */
export async function trainFromExamples(
  deps: TrainDeps,
  given: readonly Example[],
  { source, minimum = defaultMinimum, onStep }: TrainOptions & { readonly source: string },
): Promise<TrainingResult> {
  return await trainAndStore(deps, selectExamples(deps.catalog.codes, given, { minimum }), { source, onStep })
}

async function trainAndStore(
  deps: TrainDeps,
  { examples, unknown, tooFew }: Selection,
  { source, onStep }: { source: string; onStep: OnStep | undefined },
): Promise<TrainingResult> {
  const trained = train(examples, onStep)
  // The pool's timers were held up as well: let them see what has come in before they call the database late.
  await setImmediate()
  const id = await storeModel(deps, trained, { source, examples: examples.length })
  return {
    id,
    source,
    examples: examples.length,
    macroF1: trained.check.macroF1,
    accuracy: trained.check.accuracy,
    categories: trained.check.all.categories.map((row) => ({ ...row, name: nameOf(deps, row.category) })),
    unknown,
    tooFew: tooFew.map((row) => ({ ...row, name: nameOf(deps, row.category) })),
  }
}

const nameOf = ({ catalog }: Pick<Deps, 'catalog'>, code: string): string =>
  catalog.codes.categories.get(code)?.zh ?? code

/**
 * The likeliest categories of a text, by the newest model; the first 2,000 characters of title and text are read. None where the model knows nothing in
 * it. Throws `category.untrained`, `category.model`, and `request.parameter` for a text that is empty.
 */
export async function proposeCategories(
  deps: Pick<Deps, 'db' | 'catalog'>,
  text: ClassifiedText,
  { limit = 3 }: { readonly limit?: number | undefined } = {},
): Promise<CategoryProposal[]> {
  if (text.text.trim() === '' && (text.title ?? '').trim() === '')
    throw new GatewayError(
      'request.parameter',
      'There is no text to propose a category for. Give a title or a text.',
    )
  const classify = await newestClassifier(deps)
  return classify(text)
    .slice(0, limit)
    .map(({ category, probability }) => ({ code: category, name: nameOf(deps, category), probability }))
}
