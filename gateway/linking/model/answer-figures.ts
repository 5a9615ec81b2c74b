/** How well a model agrees with clerks' answers. */
import type { LinkDecision } from '../types.ts'
import type { Answer } from './answers.ts'
import type { LinkModel } from './link-model.ts'
import { logLossOf, predictionsOf, type Prediction } from './predictions.ts'
import { bitsOf } from './scoring-table.ts'

export interface Bin {
  readonly from: number
  readonly to: number
  readonly answers: number
  /** Mean probability that the model gave. */
  readonly predicted: number
  /** Share that clerks called the same. */
  readonly observed: number
}

export interface AnswerFigures {
  readonly answers: number
  readonly same: number
  /** What the machine says, by what clerks said. */
  readonly agreement: {
    readonly [decision in LinkDecision]: { readonly same: number; readonly different: number }
  }
  /** Of what it would link, the share that clerks called the same; absent where it would link nothing. */
  readonly precision?: number
  /** Of what clerks called the same, the share that it would link; absent where there is none. */
  readonly recall?: number
  /** Mean surprise at an answer, in bits; 1 is tossing a coin. */
  readonly logLoss: number
  readonly calibration: readonly Bin[]
}

export interface Contribution {
  readonly field: string
  /** Answers in which the field said something. */
  readonly answers: number
  /** Mean bits among pairs that clerks called the same, and among the others. */
  readonly same: number
  readonly different: number
  /** By how many bits an answer surprises more without it. */
  readonly lost: number
}

const bins = 10

/** Agreement and calibration. */
export function figuresOf(predictions: readonly Prediction[]): AnswerFigures {
  const count = (decision: LinkDecision, same: boolean) =>
    predictions.filter((each) => each.decision === decision && each.same === same).length
  const row = (decision: LinkDecision) => ({ same: count(decision, true), different: count(decision, false) })
  const agreement = { link: row('link'), review: row('review'), new: row('new') }
  const { link } = agreement
  const same = predictions.filter((each) => each.same).length
  const linked = link.same + link.different
  return {
    answers: predictions.length,
    same,
    agreement,
    ...(linked > 0 && { precision: link.same / linked }),
    ...(same > 0 && { recall: link.same / same }),
    logLoss: logLossOf(predictions),
    calibration: calibrationOf(predictions),
  }
}

function calibrationOf(predictions: readonly Prediction[]): Bin[] {
  return Array.from({ length: bins }, (_, bin) => {
    const inside = predictions.filter(
      ({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)) === bin,
    )
    const mean = (value: (prediction: Prediction) => number) =>
      inside.length === 0 ? 0 : inside.reduce((sum, each) => sum + value(each), 0) / inside.length
    return {
      from: bin / bins,
      to: (bin + 1) / bins,
      answers: inside.length,
      predicted: mean(({ probability }) => probability),
      observed: mean(({ same }) => (same ? 1 : 0)),
    }
  })
}

/** What each comparison adds to the answers' explanation, the most useful first. */
export function contributionsOf(model: LinkModel, answers: readonly Answer[]): Contribution[] {
  const whole = logLossOf(predictionsOf(model, answers))
  const fields = new Set(answers.flatMap(({ levels }) => Object.keys(levels)))
  return [...fields]
    .map((field) => {
      const telling = answers.filter(({ levels }) => (levels[field] ?? 'unknown') !== 'unknown')
      const meanOf = (same: boolean) => {
        const bits = telling
          .filter((answer) => answer.same === same)
          .map(({ table, levels }) => bitsOf(model[table], field, levels[field] ?? ''))
        return bits.length === 0 ? 0 : bits.reduce((sum, each) => sum + each, 0) / bits.length
      }
      const without = answers.map((answer) => ({
        ...answer,
        levels: { ...answer.levels, [field]: 'unknown' },
      }))
      const lost = logLossOf(predictionsOf(model, without)) - whole
      return { field, answers: telling.length, same: meanOf(true), different: meanOf(false), lost }
    })
    .toSorted((a, b) => b.lost - a.lost || (a.field < b.field ? -1 : 1))
}
