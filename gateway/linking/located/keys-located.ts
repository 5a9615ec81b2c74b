import { gridDisk, latLngToCell } from 'h3-js'
import type { Features, LinkKey } from '../types.ts'
import { locatedReport, type LocatedReport } from './located-report.ts'
import { groupOf, type LocatedModel } from './model.ts'

/** About 350 m wide, looked up with its neighbours: whatever lies within 175 m is met. */
const groupCell = 9
/** About 130 m wide: what lies here is met whatever its category. */
const anyCell = 10
const mostStreets = 3

/** Keys to store with a located report: at most seven. */
export function keysLocated(features: Features, model: LocatedModel): LinkKey[] {
  const located = locatedReport(features, model)
  return [...cellKeys(located, model, (cell) => [cell]), ...otherKeys(located, model)]
}

/** Keys to search for: those of `keysLocated` with the cells around its own. */
export function lookupKeysLocated(features: Features, model: LocatedModel): LinkKey[] {
  const located = locatedReport(features, model)
  return [...cellKeys(located, model, (cell) => gridDisk(cell, 1)), ...otherKeys(located, model)]
}

function cellKeys(
  { point, category }: LocatedReport,
  model: LocatedModel,
  cells: (own: string) => string[],
): LinkKey[] {
  if (point === undefined) return []
  const group = groupOf(model, category) ?? '*'
  return [
    ...cells(latLngToCell(point.latitude, point.longitude, groupCell)).map((cell) => `${group}@${cell}`),
    `*@${latLngToCell(point.latitude, point.longitude, anyCell)}`,
  ].map(place)
}

/** The whole address meets reports of any category; a street those of the same group, also where a point is missing. */
function otherKeys({ address, category, component }: LocatedReport, model: LocatedModel): LinkKey[] {
  const keys: LinkKey[] = []
  if (component !== undefined) keys.push({ kind: 'component', key: `${component.type}|${component.code}` })
  if (address === undefined) return keys
  const group = groupOf(model, category) ?? '*'
  keys.push(place(`a|${address.whole}`))
  for (const street of address.streets.slice(0, mostStreets)) keys.push(place(`s|${group}|${street}`))
  return keys
}

function place(key: string): LinkKey {
  return { kind: 'place', key: key.toWellFormed() }
}
