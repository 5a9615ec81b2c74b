import { assign } from './assign.ts'
import { fitOf, valueWeights } from './evidence.ts'
import type { KnownCodes } from './known-codes.ts'
import { lexicon, type DraftTarget } from './lexicon.ts'
import { matchName } from './name-match.ts'
import { shapeOfField, type Shape } from './shapes.ts'
import type { SourceField } from './source-fields.ts'

/** A source field, what its values look like, and the target that it is taken for. */
export interface MatchedField {
  readonly field: SourceField
  readonly shape: Shape
  readonly match?: TargetMatch
}

export interface TargetMatch {
  readonly target: DraftTarget
  /** 0 to 1. */
  readonly confidence: number
  readonly reason: string
}

const targets = Object.keys(lexicon) as DraftTarget[]
/** What is less likely is not proposed. */
const threshold = 0.4
const most = 0.99

/** Takes each target at most once and each field at most once, so that the confidences are largest in sum. */
export function matchFields(fields: readonly SourceField[], known: KnownCodes): MatchedField[] {
  const shapes = fields.map(shapeOfField)
  const scored = fields.map((field, index) => scoresOf(field, shapes[index] as Shape, known))
  const chosen = assign(
    targets.map((target) => scored.map((matches) => matches.get(target)?.confidence ?? 0)),
  )
  const matchOf = new Map<number, TargetMatch>()
  for (const [row, column] of chosen.entries()) {
    const target = targets[row]
    const match = column === undefined || target === undefined ? undefined : scored[column]?.get(target)
    if (column !== undefined && match !== undefined) matchOf.set(column, match)
  }
  const matched = fields.map((field, index): MatchedField => {
    const match = matchOf.get(index)
    return { field, shape: shapes[index] as Shape, ...(match !== undefined && { match }) }
  })
  return wholePoints(matched)
}

function scoresOf(field: SourceField, shape: Shape, known: KnownCodes): Map<DraftTarget, TargetMatch> {
  const scores = new Map<DraftTarget, TargetMatch>()
  if (field.path === undefined) return scores
  const names = matchName(field.key, field.parents)
  const isElsewhere = names[0]?.target === 'elsewhere' && names[0].score >= 0.8
  for (const target of targets) {
    const name = names.find((match) => match.target === target)
    if (name === undefined && isElsewhere) continue
    const value = fitOf(target, shape, known)
    const confidence = together(name?.score ?? 0, value.fit, valueWeights[target])
    if (confidence < threshold) continue
    const reason = [name?.why, value.why].filter((why) => why !== undefined && why !== '').join('，')
    scores.set(target, {
      target,
      confidence: Math.min(most, Math.round(confidence * 100) / 100),
      reason: reason || '名字相近',
    })
  }
  return scores
}

/** Name and values each leave a doubt; what they say together leaves the product. Values that cannot be take nearly all away. */
function together(name: number, fit: number, weight: number): number {
  if (fit < 0) return name * (1 + 0.9 * fit)
  const support = name === 0 ? weight * fit : Math.max(weight, 0.5) * fit
  return 1 - (1 - name) * (1 - support)
}

/** Half a point is none; and where two fields give the point, one text with both is not needed. */
function wholePoints(fields: readonly MatchedField[]): MatchedField[] {
  const has = (target: DraftTarget): boolean => fields.some(({ match }) => match?.target === target)
  const isWhole = has('location.point.x') && has('location.point.y')
  const dropped = new Set<DraftTarget>(
    isWhole ? ['location.point'] : ['location.point.x', 'location.point.y'],
  )
  if (!isWhole && !has('location.point')) dropped.add('location.point.system')
  if (!has('location.component.type')) dropped.add('location.component.code')
  return fields.map(({ match, ...rest }) =>
    match === undefined || dropped.has(match.target) ? rest : { ...rest, match },
  )
}
