/** Compares two located reports: category, point, address and few words. Each part is a reason that a clerk can read. */
import type { Gate } from '../compare-places.ts'
import type { Features } from '../types.ts'
import { locatedLevels, relationOf, settingOf, type LocatedField, type Surroundings } from './levels.ts'
import { locatedReport } from './located-report.ts'
import { locatedBits, type LocatedModel, type Setting } from './model.ts'
import { detailOf } from './words-located.ts'

/** One reason: the level a field reached and its weight in bits. `detail` names no person. */
export interface LocatedPart {
  /** `case`: whether the case still takes reports, which a pair of reports does not show. */
  field: LocatedField | 'case'
  level: string
  weight: number
  detail: string
}

export interface LocatedComparison {
  parts: LocatedPart[]
  /** Sum of the parts in bits, before the prior. */
  score: number
  gate: Gate
  distanceM: number | undefined
  hours: number
  setting: Setting
  /** The two categories where they differ, which is told even where it weighs nothing; absent behind a closed gate. */
  categories?: string
}

const alone: Surroundings = { near: 0, atAddress: 1, alike: [], repeated: false, ofPerson: 1 }

/** Compares two located reports. Symmetrical; `around` says what else lies about the newer of the two. Takes some microseconds. */
export function compareLocated(
  a: Features,
  b: Features,
  { model, around = alone }: { model: LocatedModel; around?: Surroundings },
): LocatedComparison {
  const pair = [locatedReport(a, model), locatedReport(b, model)] as const
  const relation = relationOf(...pair, model)
  const { gate, distanceM, hours } = relation
  const beside = { gate, distanceM, hours, setting: settingOf(relation) }
  if (gate === 'closed') return { parts: [], score: 0, ...beside }
  const levels = locatedLevels(pair, relation, { model, around })
  // Fields that weigh nothing are left out: a clerk reads what counted.
  const parts = (Object.entries(levels) as [LocatedField, string][]).flatMap(([field, level]) => {
    const weight = locatedBits(model, field, level)
    return weight === 0 ? [] : [{ field, level, weight, detail: detailOf(field, level, relation) }]
  })
  const score = parts.reduce((sum, { weight }) => sum + weight, 0)
  return { parts, score, ...beside, ...(levels.categories !== 'same' && { categories: levels.categories }) }
}
