/** The pairs that the keys of located reports bring together, with their levels. */
import { keysLocated, lookupKeysLocated } from '../../../gateway/linking/located/keys-located.ts'
import { locatedReport } from '../../../gateway/linking/located/located-report.ts'
import type { LocatedModel, Setting } from '../../../gateway/linking/located/model.ts'
import {
  locatedFields,
  locatedLevels,
  relationOf,
  settingOf,
  surroundingsOf,
  type LocatedLevels,
} from '../../../gateway/linking/located/levels.ts'
import type { Features } from '../../../gateway/linking/types.ts'

const newest = 30

export interface CandidatePair {
  /** Positions in the set, the earlier one first. */
  readonly a: number
  readonly b: number
  readonly levels: LocatedLevels
  readonly setting: Setting
}

/** Calls `each` with every pair that keys find and no gate closes, the later report's pairs together, oldest first. */
export function eachCandidatePair(
  reports: readonly Features[],
  model: LocatedModel,
  each: (pair: CandidatePair) => void,
): void {
  const index = new Map<string, number[]>()
  reports.forEach((report, b) => {
    const met = new Set(
      lookupKeysLocated(report, model).flatMap(({ kind, key }) =>
        (index.get(`${kind}|${key}`) ?? []).slice(-newest),
      ),
    )
    const own = locatedReport(report, model)
    const others = [...met].map((a) => ({ a, other: locatedReport(reports[a] as Features, model) }))
    const around = surroundingsOf(
      own,
      others.map(({ other }) => other),
    )
    for (const { a, other } of others) {
      const relation = relationOf(other, own, model)
      if (relation.gate === 'closed') continue
      const levels = locatedLevels([other, own], relation, { model, around })
      each({ a, b, levels, setting: settingOf(relation) })
    }
    for (const { kind, key } of keysLocated(report, model)) {
      const list = index.get(`${kind}|${key}`)
      if (list === undefined) index.set(`${kind}|${key}`, [b])
      else list.push(b)
    }
  })
}

/** Numbers levels by field, so that a level of one field is no level of another; rare ones are one level. */
export class LevelNumbers {
  readonly names: { readonly field: string; readonly level: string }[] = []
  readonly #numbers = new Map<string, number>()

  of(field: string, level: string): number {
    const name = `${field}=${level}`
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = this.names.length
    this.#numbers.set(name, number)
    this.names.push({ field, level })
    return number
  }
}

/** Fields that are fitted: components and persons are not in the set. */
export const fittedFields = locatedFields.filter((field) => field !== 'component' && field !== 'person')
