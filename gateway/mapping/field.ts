import { RE2JS } from 're2js'
import type { Field, FieldRule } from '../../schemas/mapping.ts'
import { findTable, translate } from './code-table.ts'
import { compileComputed, compileCondition } from './computed.ts'
import { pointerTo } from './definition-error.ts'
import { compileGetter } from './getter.ts'
import { compilePointStep, compileReader, readerName, readStep } from './reader.ts'
import type { CompiledField, FieldScope, Step } from './run.ts'
import { isAbsent, isObject, scalarText } from './value.ts'

const RULE_KEYS = new Set(['from', 'value', 'join', 'with', 'cel', 'when', 'match', 'codes', 'as', 'default'])
const SOURCE_KEYS = ['from', 'value', 'join', 'cel'] as const

/** A rule, told from a tree that merely has other keys: only rule keys, and one that says where the value comes from. */
export function isFieldRule(value: unknown): value is FieldRule {
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  if (!keys.every((key) => RULE_KEYS.has(key))) return false
  return SOURCE_KEYS.some((key) => key in value) || 'as' in value
}

/** Compiles one field. `at` is its place in the YAML, `target` what it makes (JSON Pointer). Faults go into the scope. */
export function compileField(field: Field, at: string, target: string, scope: FieldScope): CompiledField {
  const rule: FieldRule = typeof field === 'string' ? { from: field } : field
  const source = compileSource(rule, at, target, scope)
  const when =
    rule.when === undefined ? undefined : compileCondition(rule.when, pointerTo(at, 'when'), target, scope)
  const steps = compileSteps(rule, source.sources, { at, target, scope })
  const fallback = rule.default
  if (steps.length === 0 && when === undefined && fallback === undefined) return source
  return {
    sources: source.sources,
    read: (run) => {
      if (when !== undefined && !when(run)) return undefined
      let value = source.read(run)
      for (const step of steps) {
        if (value === undefined) break
        value = step(value, run)
      }
      return value === undefined ? fallback : value
    },
  }
}

/** `match`, `codes`, `as`, in this order; a list is taken apart before its items are looked up. */
function compileSteps(
  rule: FieldRule,
  sources: readonly string[],
  place: { at: string; target: string; scope: FieldScope },
): Step[] {
  const { at, target, scope } = place
  const match = compileMatch(rule, at, scope)
  const table = findTable(rule.codes, at, scope)
  if (rule.as !== undefined && readerName(rule.as) === 'point') {
    const point = compilePointStep(rule, table, place)
    return match === undefined ? [point] : [match, point]
  }
  const reader = rule.as === undefined ? undefined : compileReader(rule.as, pointerTo(at, 'as'), scope)
  const translation: Step | undefined =
    table === undefined ? undefined : (value, run) => translate(value, table, target, run)
  const reading: Step | undefined = reader === undefined ? undefined : readStep(reader, target, sources)
  const isList = rule.as !== undefined && readerName(rule.as) === 'list'
  const ordered = isList ? [match, reading, translation] : [match, translation, reading]
  return ordered.filter((step) => step !== undefined)
}

function compileSource(rule: FieldRule, at: string, target: string, scope: FieldScope): CompiledField {
  const given = SOURCE_KEYS.filter((key) => rule[key] !== undefined)
  if (given.length > 1) {
    scope.faults.add(
      at,
      `A field has one source, this one has ${given.join(' and ')}. Keep one of them; "default" stands in for an absent value.`,
    )
  }
  if (rule.with !== undefined && rule.join === undefined)
    scope.faults.add(pointerTo(at, 'with'), '"with" belongs to "join". Remove it, or join fields.')
  if (rule.from !== undefined) return compileFrom([rule.from].flat(), pointerTo(at, 'from'), scope)
  if (rule.value !== undefined) return { read: () => rule.value, sources: [] }
  if (rule.join !== undefined) return compileJoin(rule, pointerTo(at, 'join'), target, scope)
  if (rule.cel !== undefined) return compileComputed(rule.cel, pointerTo(at, 'cel'), target, scope)
  if (
    rule.as !== undefined &&
    typeof rule.as === 'object' &&
    rule.as.reader === 'point' &&
    rule.as.x !== undefined
  )
    return { read: (run) => run.root, sources: [] }
  scope.faults.add(
    at,
    'A field says where its value comes from: "from" a path, "value" for a constant, "join", or "cel".',
  )
  return { read: () => undefined, sources: [] }
}

function compileFrom(texts: readonly string[], at: string, scope: FieldScope): CompiledField {
  const getters = texts.map((text) => compileGetter(text, at, scope))
  const [only] = getters
  if (getters.length === 1 && only !== undefined) {
    return {
      sources: texts,
      read: (run) => {
        const value = only(run)
        return isAbsent(value) ? undefined : value
      },
    }
  }
  return {
    sources: texts,
    read: (run) => {
      for (const getter of getters) {
        const value = getter(run)
        if (!isAbsent(value)) return value
      }
      return undefined
    },
  }
}

function compileJoin(rule: FieldRule, at: string, target: string, scope: FieldScope): CompiledField {
  const parts = (rule.join ?? []).map((part, index) => {
    const place = pointerTo(at, index)
    if (typeof part === 'string' || isFieldRule(part)) return compileField(part, place, target, scope)
    scope.faults.add(place, 'A joined part is a path, or a field such as { value: "：" }.')
    return { read: () => undefined, sources: [] }
  })
  const separator = rule.with ?? ''
  return {
    sources: parts.flatMap(({ sources }) => sources),
    read: (run) => {
      const texts: string[] = []
      let found = false
      for (const part of parts) {
        const text = scalarText(part.read(run))
        if (text === undefined || text === '') continue
        texts.push(text)
        found ||= part.sources.length > 0
      }
      return found ? texts.join(separator) : undefined
    },
  }
}

function compileMatch(rule: FieldRule, at: string, scope: FieldScope): Step | undefined {
  if (rule.match === undefined) return undefined
  try {
    const regex = RE2JS.compile(rule.match)
    return (value) => {
      const text = scalarText(value)
      const found: unknown[] | null = text === undefined ? null : regex.exec(text)
      const result = found === null ? undefined : (found[1] ?? found[0])
      return isAbsent(result) ? undefined : result
    }
  } catch (error) {
    const words = error instanceof Error ? error.message.slice(0, 200) : 'unreadable'
    scope.faults.add(
      pointerTo(at, 'match'),
      `The pattern cannot be used: ${words}. It is RE2: no look-around, no back-references.`,
    )
    return undefined
  }
}
