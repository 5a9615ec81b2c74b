import type { ForwardRule } from '../../schemas/mapping.ts'
import { MessageContent } from '../../schemas/message.ts'
import { ReportContent } from '../../schemas/report.ts'
import { pointerTo } from './definition-error.ts'
import { compileField } from './field.ts'
import type { CompiledField, FieldScope, Run } from './run.ts'
import { compactContent, overlapOf, resolveTarget, TargetTree } from './target.ts'
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
  /** Its container in the tree, and its key there. */
  readonly slot: number
  readonly key: string | number
  readonly required: boolean
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
  const required = schema.required.filter((name) => !(name in constants) && !(name in implicit))
  const tree = new TargetTree()
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
    if (fields.some((other) => other.pointer === pointer))
      scope.faults.add(place, `"${name}" is given twice. Keep one of them.`)
    fields.push({
      name,
      pointer,
      field: compileField(field, place, pointer, scope),
      asText: type === 'string',
      ...tree.placeOf(path),
      required: required.some((one) => one === name),
    })
  }
  const overlap = overlapOf(fields.map(({ pointer }) => pointer))
  if (overlap !== undefined) scope.faults.add(at, overlap)
  for (const name of required) {
    if (!Object.keys(rule.fields).some((text) => text === name || text.startsWith(`${name}.`))) {
      scope.faults.add(at, `A ${rule.into} needs "${name}". Add a field for it.`)
    }
  }
  const preset = { ...implicit, ...constants }
  return { make: (run) => make({ fields, tree, preset }, run) }
}

function make(
  rule: {
    readonly fields: readonly TargetField[]
    readonly tree: TargetTree
    readonly preset: { readonly [name: string]: unknown }
  },
  run: Run,
): { [key: string]: unknown } {
  const content: { [key: string]: unknown } = { ...rule.preset }
  const containers: { [key: string]: unknown }[] = []
  for (const target of rule.fields) {
    const before = run.problems.length
    const value = target.field.read(run)
    const made = value === undefined ? undefined : leaf(value, target.asText)
    if (made === undefined || made === '' || isAbsent(made)) {
      if (target.required && run.problems.length === before) run.problems.push(missing(target, run))
    } else rule.tree.container(target.slot, content, containers)[target.key] = made
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

/** A copy that PostgreSQL takes; what a record holds is never changed. */
function safeTree(value: unknown, depth: number): unknown {
  if (depth > 20) return undefined
  if (typeof value === 'string') return safeText(value)
  if (Array.isArray(value)) return value.map((item) => safeTree(item, depth + 1))
  if (!isObject(value)) return value
  const copy: { [key: string]: unknown } = {}
  for (const key of Object.keys(value)) {
    if (key !== '__proto__') copy[safeText(key)] = safeTree(value[key], depth + 1)
  }
  return copy
}
