import { gridDisk, latLngToCell } from 'h3-js'
import { categoryGroup } from './compare.ts'
import { keysLocated, lookupKeysLocated } from './located/keys-located.ts'
import { isLocated } from './located/located-report.ts'
import { shippedLocatedModel } from './located/model.ts'
import type { Features, LinkKey, LinkKeyKind } from './types.ts'

/** H3 cells of resolution 9 are about 350 m wide; with their neighbours they reach at least 175 m from any point. */
const cellResolution = 9
/** For reports whose category is not known, and to find them. */
const anyCategory = '*'
const tailLength = 3

/** At most 36 keys to store: 8 + 3 + 1 + 2 cells + 8 names + 14 rare grams; of a located report, 7 of its place instead of the grams. */
const most = { reference: 8, person: 3, name: 8 } as const

/** Keys to store with a report: at most 36, short, in a fixed order. */
export function keysOf(features: Features): LinkKey[] {
  const cell = cellOf(features)
  const cells =
    cell === undefined ? [] : [...new Set([`${groupOf(features)}@${cell}`, `${anyCategory}@${cell}`])]
  if (!isLocated(features)) return keysWith(features, cells, features.tellingGrams.stored)
  return distinct([...keysLocated(features, shippedLocatedModel()), ...keysWith(features, cells, [])])
}

/** Keys to search for: those of `keysOf` with the cells around its own and as many rare grams again. */
export function lookupKeysOf(features: Features): LinkKey[] {
  const cells = cellsAround(features)
  if (!isLocated(features)) return keysWith(features, cells, features.tellingGrams.sought)
  return distinct([...lookupKeysLocated(features, shippedLocatedModel()), ...keysWith(features, cells, [])])
}

function cellsAround(features: Features): string[] {
  const cell = cellOf(features)
  if (cell === undefined) return []
  const group = groupOf(features)
  return [...new Set([...gridDisk(cell, 1).map((near) => `${group}@${near}`), `${anyCategory}@${cell}`])]
}

function distinct(keys: readonly LinkKey[]): LinkKey[] {
  const byName = new Map(keys.map((key) => [`${key.kind} ${key.key}`, key]))
  return [...byName.values()]
}

function keysWith(features: Features, cells: readonly string[], grams: readonly number[]): LinkKey[] {
  const { report, references } = features
  const own = report.location?.component
  return [
    ...asKeys(
      'reference',
      references.slice(0, most.reference).map(({ key }) => key),
    ),
    ...asKeys('person', report.personKeys.slice(0, most.person)),
    ...asKeys('component', own?.code === undefined ? [] : [`${own.type}|${own.code}`]),
    ...asKeys('place', cells),
    ...asKeys('place', nameKeys(features)),
    ...asKeys(
      'text',
      grams.map((code) => code.toString(36)),
    ),
  ]
}

/** Cutting a name can halve a character outside the basic plane, which no database takes. */
function asKeys(kind: LinkKeyKind, keys: readonly string[]): LinkKey[] {
  return keys.map((key) => ({ kind, key: key.toWellFormed() }))
}

function cellOf({ report: { location } }: Features): string | undefined {
  return location?.point && latLngToCell(location.point.latitude, location.point.longitude, cellResolution)
}

function groupOf({ report: { category } }: Features): string {
  return category === undefined ? anyCategory : categoryGroup(category)
}

/** Names of places, and their tails: a text may write more before a name than another does. */
function nameKeys({ focus, places }: Features): string[] {
  const names = [...focus.sites, ...focus.roads, ...places.sites, ...places.roads]
  const keys = names.flatMap((name) => (name.length > tailLength ? [name.slice(-tailLength), name] : [name]))
  return [...new Set(keys)].slice(0, most.name).map((key) => `#${key}`)
}
