import type { CodeTable } from '../../schemas/mapping.ts'
import { pointerTo, suggestion, type FaultList } from './definition-error.ts'
import type { CompiledTable, FieldScope, Run } from './run.ts'
import { scalarText, shownCode } from './value.ts'

/** Compiles a mapping's code tables. The name `fields` is taken by the list of new fields. */
export function compileTables(
  codes: { readonly [name: string]: CodeTable },
  faults: FaultList,
): Map<string, CompiledTable> {
  const tables = new Map<string, CompiledTable>()
  for (const [name, { table, otherwise }] of Object.entries(codes)) {
    if (name === 'fields')
      faults.add(
        '/codes/fields',
        'A code table cannot be named "fields": new fields are reported under that name. Choose another.',
      )
    tables.set(name, { name, otherwise, rows: new Map(Object.entries(table)) })
  }
  return tables
}

/** The table of that name; a fault in the scope where there is none. */
export function findTable(
  name: string | undefined,
  at: string,
  scope: FieldScope,
): CompiledTable | undefined {
  if (name === undefined) return undefined
  const table = scope.tables.get(name)
  if (table === undefined) {
    scope.faults.add(
      pointerTo(at, 'codes'),
      `There is no code table "${name}".${suggestion(name, scope.tables.keys())} Add it under codes.`,
    )
  }
  return table
}

/** Looks a value, or each item of a list, up in a table. What no row lists is noted as unknown, and goes the table's `otherwise` way. */
export function translate(value: unknown, table: CompiledTable, target: string, run: Run): unknown {
  if (Array.isArray(value)) {
    const items = value
      .map((item) => translate(item, table, target, run))
      .filter((item) => item !== undefined)
    return items.length === 0 ? undefined : items
  }
  const text = scalarText(value)?.trim()
  const row = text === undefined ? undefined : table.rows.get(text)
  if (row !== undefined) return row
  const shown = text === undefined ? '(not shown)' : shownCode(text)
  if (!run.unknown.some((seen) => seen.table === table.name && seen.value === shown))
    run.unknown.push({ table: table.name, value: shown })
  if (table.otherwise === 'absent') return undefined
  if (table.otherwise !== 'quarantine') return table.otherwise
  run.problems.push({
    code: 'mapping.unknown-code',
    pointer: target,
    detail: `Channel ${run.channelId} sent ${table.name} ${shown}, which its mapping does not list. Add it under codes.${table.name}.`,
  })
  return undefined
}
