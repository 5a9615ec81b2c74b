import type { CodeTable, FieldRule, TableUse } from '../../schemas/mapping.ts'
import { pointerTo, suggestion, type FaultList } from './definition-error.ts'
import { folded } from './fold.ts'
import { BUILT_IN, builtInTable, unknownReference } from './reference-tables.ts'
import type { CompiledTable, FieldScope, Run } from './run.ts'
import { scalarText, shownCode } from './value.ts'

/** Unknown fields are counted as values of this table. */
export const NEW_FIELDS = 'fields'
/** Records that no rule takes are counted as values of this table. */
export const NO_RULE = 'rules'

/** Compiles a mapping's code tables. The names `fields` and `rules` are taken. */
export function compileTables(
  codes: { readonly [name: string]: CodeTable },
  faults: FaultList,
): Map<string, CompiledTable> {
  const tables = new Map<string, CompiledTable>()
  for (const [name, { table, otherwise }] of Object.entries(codes)) {
    if (name === NEW_FIELDS || name === NO_RULE)
      faults.add(
        pointerTo('/codes', name),
        `A code table cannot be named "${name}": unknown ${name} are counted under that name. Choose another.`,
      )
    tables.set(name, { name, otherwise, rows: new Map(Object.entries(table)) })
  }
  return tables
}

/** The table that a field names; a fault in the scope where there is none, or where it gives what the target cannot hold. */
export function findTable(
  use: TableUse | undefined,
  place: { readonly at: string; readonly target: string; readonly scope: FieldScope },
): CompiledTable | undefined {
  if (use === undefined) return undefined
  const at = pointerTo(place.at, 'codes')
  const name = typeof use === 'string' ? use : use.table
  const table = name.startsWith('$')
    ? findBuiltIn(name, at, place)
    : findOwn(name, typeof use === 'string' ? at : pointerTo(at, 'table'), place)
  if (table === undefined || typeof use === 'string') return table
  checkCode(use.otherwise, pointerTo(at, 'otherwise'), place)
  return { ...table, otherwise: use.otherwise }
}

interface Place {
  readonly target: string
  readonly scope: FieldScope
}

function findOwn(name: string, at: string, { target, scope }: Place): CompiledTable | undefined {
  const table = scope.tables.get(name)
  if (table === undefined) {
    scope.faults.add(
      at,
      `There is no code table "${name}".${suggestion(name, [...scope.tables.keys(), ...BUILT_IN])} Add it under codes.`,
    )
    return undefined
  }
  const rows = pointerTo('/codes', name)
  for (const [key, code] of scope.faults.full ? [] : table.rows)
    checkCode(code, pointerTo(pointerTo(rows, 'table'), key), { target, scope })
  checkCode(table.otherwise, pointerTo(rows, 'otherwise'), { target, scope })
  return table
}

function findBuiltIn(name: string, at: string, { target, scope }: Place): CompiledTable | undefined {
  const known = BUILT_IN.find((one) => one === name)
  if (known === undefined) {
    scope.faults.add(at, `There is no built-in table "${name}".${suggestion(name, BUILT_IN)}`)
    return undefined
  }
  if (scope.reference === undefined) {
    scope.faults.add(
      at,
      `The table "${name}" is made of reference data, and none is loaded here. Give the mapping's code files, or use a table of its own.`,
    )
    return undefined
  }
  return builtInTable(known, target, scope.reference)
}

/** Checks constants and defaults that go to categories and areas. */
export function checkConstants(rule: FieldRule, at: string, target: string, scope: FieldScope): void {
  if (rule.codes === undefined && typeof rule.value === 'string')
    checkCode(rule.value, pointerTo(at, 'value'), { target, scope })
  if (typeof rule.default === 'string') checkCode(rule.default, pointerTo(at, 'default'), { target, scope })
}

function checkCode(code: string, at: string, { target, scope }: Place): void {
  // A part of a joined value is no code yet.
  if (scope.reference === undefined || scope.direction === 'reverse' || scope.depth > 0) return
  if (code === 'quarantine' || code === 'absent') return
  const words = unknownReference(target, code, scope.reference)
  if (words !== undefined) scope.faults.add(at, words)
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
  if (text !== undefined) {
    // An unknown value is shown, and so mapped, in the form that full-width digits and letters take here.
    const row =
      table.rows.get(text) ??
      table.rows.get(table.file === undefined ? text.normalize('NFKC').trim() : folded(text))
    if (row !== undefined) return row
  }
  return withoutRow(text, table, target, run)
}

function withoutRow(
  text: string | undefined,
  table: CompiledTable,
  target: string,
  run: Run,
): string | undefined {
  const shown = text === undefined ? '(not shown)' : shownCode(text)
  const blocks = table.otherwise === 'quarantine'
  noteUnknown(run, table.name, shown, blocks)
  if (table.otherwise === 'absent') return undefined
  if (!blocks) return table.otherwise
  const remedy =
    table.file === undefined
      ? `which its mapping does not list. Add it under codes.${table.name}.`
      : `which mappings/codes/${table.file} does not list. Add it there as an alias, or give the field a table of its own.`
  run.problems.push({
    code: 'mapping.unknown-code',
    pointer: target,
    detail: `Channel ${run.channelId} sent ${table.name} ${shown}, ${remedy}`,
  })
  return undefined
}

/** Notes an unknown value once a record. */
export function noteUnknown(run: Run, table: string, value: string, blocks = false): void {
  const at = run.unknown.findIndex((seen) => seen.table === table && seen.value === value)
  const noted = blocks ? { table, value, blocks: true as const } : { table, value }
  if (at < 0) run.unknown.push(noted)
  else if (blocks) run.unknown[at] = noted
}
