/** The parameters by which located reports are compared, as shipped in `model/located.json` or as trained. */
import { readFileSync } from 'node:fs'
import { categoryGroup } from '../compare.ts'

/** What the two reports of a pair have in common before anything is weighed. */
export const settings = ['samePlace', 'near', 'otherCategory'] as const
export type Setting = (typeof settings)[number]

/** A scoring table, with what located reports need beside it. */
export interface LocatedModel {
  /** Log2 odds that a compared pair is one matter, before anything is known of it. */
  readonly prior: number
  /** Probability from which a report is linked by machine whatever the setting, and from which a clerk is asked. */
  readonly thresholds: { readonly link: number; readonly review: number }
  /** By setting, the probability from which a report is linked by machine instead of `thresholds.link`. */
  readonly linkAt: { readonly [setting in Setting]: number }
  /** Bits by field and level. */
  readonly weights: { readonly [field: string]: { readonly [level: string]: number } }
  /** Group of each category that is known to be related to others; other codes have their own beginning as group. */
  readonly groups: { readonly [category: string]: string }
  /** Kinds of entry whose pairs have weights: the end of a channel's id. */
  readonly entries: readonly string[]
  /** Points that a source writes where it knows none: `latitude,longitude` with four decimals. */
  readonly unplaced: readonly string[]
  /** What a case may come to before only a clerk adds to it. */
  readonly cluster: {
    readonly diameterM: number
    readonly hours: number
    /** By so many bits at most may one of its reports fall short of a link where another is near by. */
    readonly weakestBits: number
  }
}

export const shippedLocatedFile = new URL('../model/located.json', import.meta.url)

const completed = new WeakMap<object, LocatedModel>()
let shipped: LocatedModel | undefined

/** The parameters of this release, read at first use. */
export function shippedLocatedModel(): LocatedModel {
  shipped ??= JSON.parse(readFileSync(shippedLocatedFile, 'utf8')) as LocatedModel
  return shipped
}

/** A trained table with what the release knows beside it. One object for one table, so that what was read with it is kept. */
export function locatedModelOf(table: Pick<LocatedModel, 'prior' | 'thresholds' | 'weights'>): LocatedModel {
  const found = completed.get(table)
  if (found !== undefined) return found
  const model = { ...shippedLocatedModel(), ...table }
  completed.set(table, model)
  return model
}

/** What a level weighs, in bits; 0 where the model does not know it. */
export function locatedBits({ weights }: LocatedModel, field: string, level: string): number {
  return weights[field]?.[level] ?? 0
}

export function groupOf({ groups }: LocatedModel, category: string | undefined): string | undefined {
  return category === undefined ? undefined : (groups[category] ?? categoryGroup(category))
}

/** Four decimals are some ten metres: as exact as sources write points that stand for none. */
export function isUnplaced(
  { unplaced }: LocatedModel,
  { latitude, longitude }: { latitude: number; longitude: number },
): boolean {
  return unplaced.includes(`${latitude.toFixed(4)},${longitude.toFixed(4)}`)
}
