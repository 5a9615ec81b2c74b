import { gridDisk, latLngToCell } from 'h3-js'
import { categoryGroup } from './compare.ts'
import { telling } from './text.ts'
import type { Features, LinkKey, LinkKeyKind } from './types.ts'

/** H3 cells of resolution 9 are about 350 m wide; with their neighbours they reach at least 175 m from any point. */
const cellResolution = 9
/** For reports whose category is not known, and to find them. */
const anyCategory = '*'
const titleBands = 6
const textBands = 12
const tailLength = 3

/** Two hashes a band: two sets with a Jaccard similarity of 0.35 share one of 18 bands with a probability of 0.9. */
const rowsPerBand = 2
const fewestGrams = 4

/** At most 40 keys to store: 8 + 3 + 1 + 2 cells + 8 names + 18 bands. */
const most = { reference: 8, person: 3, name: 8 } as const

/** Keys to store with a report: at most 40, short, in a fixed order. */
export function keysOf(features: Features): LinkKey[] {
  const cell = cellOf(features)
  const cells =
    cell === undefined ? [] : [...new Set([`${groupOf(features)}@${cell}`, `${anyCategory}@${cell}`])]
  return keysWith(features, cells)
}

/** Keys to search for: those of `keysOf` with the cells around its own. */
export function lookupKeysOf(features: Features): LinkKey[] {
  const cell = cellOf(features)
  if (cell === undefined) return keysOf(features)
  const group = groupOf(features)
  return keysWith(features, [
    ...new Set([...gridDisk(cell, 1).map((near) => `${group}@${near}`), `${anyCategory}@${cell}`]),
  ])
}

function keysWith(features: Features, cells: readonly string[]): LinkKey[] {
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
    ...asKeys('text', textKeys(features)),
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

/** MinHash bands of the telling bigrams: of the title alone, and of all words. */
function textKeys({ title, text }: Features): string[] {
  return [
    ...signatureOf(telling(title), titleBands).map((band) => `h${band}`),
    ...signatureOf(telling(text), textBands).map((band) => `t${band}`),
  ]
}

/** MinHash bands of a set of bigrams, as `<band>:<hash>`; none for a set too small to tell anything. */
function signatureOf(grams: Uint32Array, bands: number): string[] {
  if (grams.length < fewestGrams) return []
  return Array.from({ length: bands }, (_, band) => {
    let hash = band
    for (let row = 0; row < rowsPerBand; row++)
      hash = mixed(hash ^ least(grams, band * rowsPerBand + row + 1))
    return `${band.toString(36)}:${(hash >>> 0).toString(36)}`
  })
}

function least(grams: Uint32Array, seed: number): number {
  const salt = mixed(Math.imul(seed, 0x9e3779b1))
  let minimum = 0xffffffff
  for (const gram of grams) {
    const hash = mixed(gram ^ salt)
    if (hash < minimum) minimum = hash
  }
  return minimum
}

/** Finaliser of MurmurHash3 for 32 bits. */
function mixed(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
