import type { ForwardRule } from '../../schemas/mapping.ts'
import { MessageContent } from '../../schemas/message.ts'
import { ReportContent } from '../../schemas/report.ts'
import { pointerTo } from './definition-error.ts'
import { compileField } from './field.ts'
import type { CompiledField, FieldScope, Run } from './run.ts'
import { compactContent, compileSetter, resolveTarget } from './target.ts'
import { isAbsent, isObject, safeText, scalarText } from './value.ts'

export interface CompiledTargets {
  /** The content, not yet validated; problems go into the run. */
  make(run: Run): { [key: string]: unknown }
}

interface TargetField {
  readonly name: string
  readonly pointer: string
  readonly field: CompiledField
  readonly asText: boolean
  readonly set: (root: { [key: string]: unknown }, value: unknown) => void
}

/** Set where no field says otherwise: urgency is not known to most sources. */
const IMPLICIT: { readonly [into: string]: { readonly [name: string]: unknown } } = {
  report: { urgency: 'normal' },
  message: {},
}

/** Compiles the fields of one rule into one maker of reports or messages. */
export function compileTargets(rule: ForwardRule, at: string, scope: FieldScope): CompiledTargets {
  const schema = rule.into === 'report' ? ReportContent : MessageContent
  const constants: { readonly [name: string]: unknown } = rule.into === 'message' ? { kind: rule.kind } : {}
  const implicit = IMPLICIT[rule.into] ?? {}
  const fields: TargetField[] = []
  for (const [name, field] of Object.entries(rule.fields)) {
    const place = pointerTo(at, name)
    const resolved = resolveTarget(schema, name)
    if (resolved.kind === 'fault') {
      scope.faults.add(place, resolved.detail)
      continue
    }
    if (name in constants)
      scope.faults.add(place, `"${name}" of a message is the rule's own "${name}". Remove the field.`)
    const { path, type } = resolved.target
    const pointer = path.reduce<string>(pointerTo, '')
    fields.push({
      name,
      pointer,
      field: compileField(field, place, pointer, scope),
      asText: type === 'string',
      set: compileSetter(path),
    })
  }
  const required = schema.required.filter((name) => !(name in constants) && !(name in implicit))
  for (const name of required) {
    if (!Object.keys(rule.fields).some((text) => text === name || text.startsWith(`${name}.`))) {
      scope.faults.add(at, `A ${rule.into} needs "${name}". Add a field for it.`)
    }
  }
  const requiredNames = new Set<string>(required)
  return { make: (run) => make(fields, { ...implicit, ...constants }, requiredNames, run) }
}

function make(
  fields: readonly TargetField[],
  preset: { readonly [name: string]: unknown },
  required: ReadonlySet<string>,
  run: Run,
): { [key: string]: unknown } {
  const content: { [key: string]: unknown } = { ...preset }
  for (const target of fields) {
    const before = run.problems.length
    const value = target.field.read(run)
    const made = value === undefined ? undefined : leaf(value, target.asText)
    if (made === undefined || isAbsent(made)) {
      if (required.has(target.name) && run.problems.length === before) run.problems.push(missing(target, run))
    } else target.set(content, made)
  }
  compactContent(content)
  return content
}

const missing = ({ name, pointer, field }: TargetField, run: Run) => ({
  code: 'mapping.missing-field',
  pointer,
  detail: `Channel ${run.channelId} sent no value for ${name} (looked at ${field.sources.join(', ') || 'no path'}). Send one of these, or give the field another path or a default.`,
})

/** Text is trimmed and made safe for PostgreSQL; a number becomes text where the target is text. */
function leaf(value: unknown, asText: boolean): unknown {
  if (typeof value === 'string') return safeText(value).trim()
  if (asText) return scalarText(value) ?? value
  return typeof value === 'object' ? safeTree(value, 0) : value
}

function safeTree(value: unknown, depth: number): unknown {
  if (depth > 20) return undefined
  if (typeof value === 'string') return safeText(value)
  if (Array.isArray(value)) return value.map((item) => safeTree(item, depth + 1))
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(
    ([key, item]) => [safeText(key), safeTree(item, depth + 1)] as const,
  )
  return Object.fromEntries(entries.filter(([key]) => key !== '__proto__'))
}
