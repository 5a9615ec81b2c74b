/**
 * What a clerk may see of confidential reports 举报人保密. Callers are never shown. Without the right, own number, text, address
 * and files are left out too, since they can say who it was; and whether two callers are one person, since the other may be known.
 */
import type { MatchRow } from './queue.ts'
import type { SideReport } from './read-sides.ts'

export interface Sight {
  /** Who looks: `key:…` or `cli`, for the record of accesses. */
  readonly principal: string
  readonly confidential: 'shown' | 'withheld'
}

export const withheldFrom = (sight: Sight, report: Pick<SideReport, 'confidential'>): boolean =>
  report.confidential && sight.confidential === 'withheld'

export type Judged = Pick<MatchRow, 'parts' | 'score' | 'probability'> & {
  readonly worth: number | undefined
}

/** Score and probability without the person, so that they tell nothing either; worth is made of the probability. */
export function withoutPerson({ parts, score, probability }: MatchRow): Judged {
  const weight = parts.filter(({ field }) => field === 'person').reduce((sum, part) => sum + part.weight, 0)
  const sure = Math.min(Math.max(probability, 1e-9), 1 - 1e-9)
  const bits = Math.log2(sure / (1 - sure)) - weight
  return {
    parts: parts.filter(({ field }) => field !== 'person'),
    score: score - weight,
    probability: 1 / (1 + 2 ** -bits),
    worth: undefined,
  }
}
