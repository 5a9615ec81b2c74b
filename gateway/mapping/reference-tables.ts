import { suggestion } from './definition-error.ts'
import { folded } from './fold.ts'
import type { ReferenceCodes } from './reference.ts'
import type { CompiledTable } from './run.ts'

/** Tables that every mapping has: reference data of `mappings/codes/`, matched by code, name or alias. */
export const BUILT_IN = ['$units', '$areas', '$categories'] as const
type BuiltIn = (typeof BUILT_IN)[number]

/** Targets whose values are codes of the reference data, and the level that they stand on. */
const AREA_LEVELS: { readonly [pointer: string]: string } = {
  '/location/district': 'district',
  '/location/street': 'street',
  '/location/community': 'community',
}

const made = new WeakMap<ReferenceCodes, Map<string, CompiledTable>>()

/** The built-in table for what goes to this target: of areas and categories only those of the target's level. */
export function builtInTable(name: BuiltIn, target: string, reference: ReferenceCodes): CompiledTable {
  const tables = made.get(reference) ?? new Map<string, CompiledTable>()
  made.set(reference, tables)
  const level = name === '$areas' ? AREA_LEVELS[target] : target === '/category' ? 'leaf' : undefined
  const key = `${name} ${level ?? ''}`
  const table = tables.get(key) ?? { ...rowsOf(name, level, reference), name, otherwise: 'quarantine' }
  tables.set(key, table)
  return table
}

interface Entry {
  readonly code: string
  readonly zh: string
  readonly aliases: readonly string[]
}

function rowsOf(
  name: BuiltIn,
  level: string | undefined,
  { units, areas, categories }: ReferenceCodes,
): Pick<CompiledTable, 'rows' | 'file'> {
  switch (name) {
    case '$units':
      return { rows: byName([...units.values()]), file: 'units.yaml' }
    case '$areas':
      return {
        rows: byName([...areas.values()].filter((area) => level === undefined || area.level === level)),
        file: 'areas.yaml',
      }
    case '$categories':
      return {
        rows: byName([...categories.values()].filter((one) => level === undefined || one.level === 3)),
        file: 'categories.yaml',
      }
  }
}

/** Codes go before names. A name that two entries share stands for neither. */
function byName(entries: readonly Entry[]): Map<string, string> {
  const rows = new Map<string, string>()
  const shared = new Set<string>()
  for (const { code, zh, aliases } of entries)
    for (const name of new Set([zh, ...aliases].map(folded))) {
      if (rows.has(name) && rows.get(name) !== code) shared.add(name)
      rows.set(name, code)
    }
  for (const name of shared) rows.delete(name)
  for (const { code } of entries) rows.set(folded(code), code)
  return rows
}

/** Words about a code that the reference data does not have, for targets that hold such codes; undefined where it may stand. */
export function unknownReference(
  target: string,
  code: string,
  reference: ReferenceCodes,
): string | undefined {
  if (target === '/category') return unknownCategory(code, reference)
  const level = AREA_LEVELS[target]
  if (level === undefined) return undefined
  const area = reference.areas.get(code)
  if (area?.level === level) return undefined
  const known = [...reference.areas.values()].filter((one) => one.level === level).map((one) => one.code)
  return area === undefined
    ? `There is no ${level} "${code}" in areas.yaml.${suggestion(code, known)}`
    : `"${code}" is a ${area.level}, and this is the ${level}.${suggestion(code, known)}`
}

function unknownCategory(code: string, { categories }: ReferenceCodes): string | undefined {
  const category = categories.get(code)
  if (category?.level === 3) return undefined
  if (category === undefined) {
    const leaves = [...categories.values()].filter(({ level }) => level === 3).map((one) => one.code)
    return `There is no category "${code}" in categories.yaml.${suggestion(code, leaves)}`
  }
  const below = [...categories.values()].filter((one) => one.level === 3 && one.code.startsWith(code))
  return `"${code}" is a group of categories: its unit and time limit would be a guess. Take one of the lowest level${below.length === 0 ? '' : `, such as ${below[0]?.code}`}.`
}
