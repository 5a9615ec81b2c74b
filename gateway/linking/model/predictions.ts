/** What a model says of pairs that clerks answered, on answers that it had not seen where it learned from answers. */
import type { Gate } from '../compare-places.ts'
import type { Answer } from './answers.ts'
import type { LinkModel } from './link-model.ts'
import { refine, type Pull } from './refine.ts'
import { probabilityAt, scoreOf, type ScoringTable } from './scoring-table.ts'
import type { LinkDecision } from '../types.ts'

export interface Prediction {
  readonly same: boolean
  readonly probability: number
  readonly gate: Gate
  readonly decision: LinkDecision
}

const folds = 5

/** What a table says of one answered pair, by thresholds and gate. */
function predicted(table: ScoringTable, { levels, gate, same }: Answer): Prediction {
  const probability = probabilityAt(scoreOf(table, levels) + table.prior)
  return { same, probability, gate, decision: decisionAt(probability, gate, table.thresholds) }
}

function decisionAt(probability: number, gate: Gate, thresholds: ScoringTable['thresholds']): LinkDecision {
  if (gate === 'closed' || probability < thresholds.review) return 'new'
  return gate === 'open' && probability >= thresholds.link ? 'link' : 'review'
}

/** What a model says of each answer. */
export function predictionsOf(model: LinkModel, answers: readonly Answer[]): Prediction[] {
  return answers.map((answer) => predicted(model[answer.table], answer))
}

/** What a table says of each answer after it was refined by the other four fifths. Answers of one verdict list stay in their order. */
export function unseenPredictions(
  before: ScoringTable,
  answers: readonly Answer[],
  pull: Pull,
): Prediction[] {
  const tables = Array.from({ length: folds }, (_, fold) =>
    refine(
      before,
      answers.filter((_answer, index) => index % folds !== fold),
      pull,
    ),
  )
  return answers.map((answer, index) => predicted(tables[index % folds] ?? before, answer))
}

/** Mean surprise at the answers, in bits. */
export function logLossOf(predictions: readonly Prediction[]): number {
  if (predictions.length === 0) return 0
  const surprise = ({ same, probability }: Prediction) =>
    -Math.log2(Math.max(1e-9, same ? probability : 1 - probability))
  return predictions.reduce((sum, prediction) => sum + surprise(prediction), 0) / predictions.length
}
