import type { Deps } from '../../deps.ts'
import { contributionsOf, figuresOf, type AnswerFigures, type Contribution } from './answer-figures.ts'
import { readAnswers } from './answers.ts'
import { comparePair } from './compared-pair.ts'
import { predictionsOf } from './predictions.ts'
import { readLinkModel, usedLinkVersion } from './stored-models.ts'

export interface Evaluation extends AnswerFigures {
  readonly model: string
  readonly contributions: readonly Contribution[]
}

/** How a model, the one in use where none is named, agrees with the clerks' answers that are stored. Throws `link.model-unknown`, `link.model`. */
export async function evaluateLinkModel(
  deps: Pick<Deps, 'db' | 'catalog'>,
  version?: string,
): Promise<Evaluation> {
  const model = await readLinkModel(deps.db.sql, version ?? (await usedLinkVersion(deps.db.sql)))
  const answers = await readAnswers(deps, { model, compare: comparePair })
  return {
    model: model.version,
    ...figuresOf(predictionsOf(model, answers)),
    contributions: contributionsOf(model, answers),
  }
}
