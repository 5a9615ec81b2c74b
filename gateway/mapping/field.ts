import { RE2JS } from 're2js'
import type { Field, FieldRule } from '../../schemas/mapping.ts'
import { checkConstants, findTable, translate } from './code-table.ts'
import { compileComputed, compileCondition } from './computed.ts'
import { pointerTo } from './definition-error.ts'
import { MATCH_COST } from './expression-bounds.ts'
import { checkedField, SOURCE_KEYS } from './field-rule.ts'
import { compileGetter } from './getter.ts'
import { compileReader, readerName } from './readers/compile.ts'
import { readStep } from './readers/open.ts'
import { compilePointStep } from './readers/point.ts'
import { costOfHtml } from './readers/text.ts'
import { spend, type CompiledField, type FieldScope, type Run, type Step } from './run.ts'
import { isAbsent, scalarText } from './value.ts'

/** Joins within joins. */
const MAX_DEPTH = 3
/** Characters of a joined text: more than any field holds. */
const MAX_JOINED = 200_000

/** Compiles one field. `at` is its place in the YAML, `target` what it makes (JSON Pointer). Faults go into the scope. */
export function compileField(field: Field, at: string, target: string, scope: FieldScope): CompiledField {
  const rule: FieldRule = typeof field === 'string' ? { from: field } : field
  const source = compileSource(rule, at, target, scope)
  checkConstants(rule, at, target, scope)
  const when =
    rule.when === undefined ? undefined : compileCondition(rule.when, pointerTo(at, 'when'), target, scope)
  const steps = compileSteps(rule, source.sources, { at, target, scope })
  const fallback = rule.default
  if (steps.length === 0 && when === undefined && fallback === undefined) return source
  const [first, second] = steps
  return {
    sources: source.sources,
    read: (run) => {
      if (when !== undefined && !when(run)) return undefined
      let value = source.read(run)
      if (value !== undefined && first !== undefined) value = first(value, run)
      if (value !== undefined && second !== undefined) value = second(value, run)
      for (let next = 2; next < steps.length && value !== undefined; next++) value = steps[next]?.(value, run)
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
  const match = compileMatch(rule, place)
  const table = findTable(rule.codes, place)
  if (rule.as !== undefined && readerName(rule.as) === 'point') {
    const point = compilePointStep(rule, table, place)
    return match === undefined ? [point] : [match, point]
  }
  const reader = rule.as === undefined ? undefined : compileReader(rule.as, pointerTo(at, 'as'), scope)
  const translation: Step | undefined =
    table === undefined ? undefined : (value, run) => translate(value, table, target, run)
  const reading: Step | undefined =
    reader === undefined
      ? undefined
      : readStep(reader, {
          target,
          sources,
          scope,
          costOf: rule.as !== undefined && readerName(rule.as) === 'html' ? costOfHtml : undefined,
        })
  const isList = rule.as !== undefined && readerName(rule.as) === 'list'
  const ordered = isList ? [match, reading, translation] : [match, translation, reading]
  return ordered.filter((step) => step !== undefined)
}

const nothing: CompiledField = { read: () => undefined, sources: [] }

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
  const { as } = rule
  if (typeof as === 'object' && as.reader === 'point' && as.x !== undefined)
    return { read: (run) => run.root, sources: [] }
  scope.faults.add(
    at,
    'A field says where its value comes from: "from" a path, "value" for a constant, "join", or "cel".',
  )
  return nothing
}

function compileFrom(texts: readonly string[], at: string, scope: FieldScope): CompiledField {
  const getters = texts.map((text, index) =>
    compileGetter(text, texts.length === 1 ? at : pointerTo(at, index), scope),
  )
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
  if (scope.depth >= MAX_DEPTH) {
    scope.faults.add(
      at,
      `Joins stand within each other at most ${MAX_DEPTH} deep. Write the parts in one list.`,
    )
    return nothing
  }
  const within = { ...scope, depth: scope.depth + 1 }
  const parts = (rule.join ?? []).map((part, index) => {
    const place = pointerTo(at, index)
    const field = checkedField(part, place, scope.faults)
    return field === undefined ? nothing : compileField(field, place, target, within)
  })
  const separator = rule.with ?? ''
  return {
    sources: parts.flatMap(({ sources }) => sources),
    read: (run) => {
      const texts: string[] = []
      let found = false
      for (const part of parts) {
        const before = texts.length
        addTexts(texts, part.read(run))
        found ||= texts.length > before && part.sources.length > 0
      }
      return found ? joined(texts, separator, { run, target }) : undefined
    },
  }
}

/** A value's text; of a list, its items'. */
function addTexts(texts: string[], value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) addTexts(texts, scalarText(item))
    return
  }
  const text = scalarText(value)
  if (text !== undefined && text !== '') texts.push(text)
}

function joined(
  texts: readonly string[],
  separator: string,
  { run, target }: { run: Run; target: string },
): string | undefined {
  let length = separator.length * (texts.length - 1)
  for (const text of texts) length += text.length
  if (length <= MAX_JOINED) return texts.join(separator)
  run.problems.push({
    code: 'mapping.too-much',
    pointer: target,
    detail: `What channel ${run.channelId} sent makes ${length} characters when joined; at most ${MAX_JOINED} are allowed. Join fewer fields, or shorten them at the source.`,
  })
  return undefined
}

const MAX_PATTERNS = 500
/** Channels of one platform share its patterns. */
const patterns = new Map<string, RE2JS>()

/** Throws RE2JSException. */
function patternOf(source: string): RE2JS {
  const known = patterns.get(source) ?? RE2JS.compile(source)
  if (patterns.size < MAX_PATTERNS) patterns.set(source, known)
  return known
}

function compileMatch(
  rule: FieldRule,
  { at, target, scope }: { at: string; target: string; scope: FieldScope },
): Step | undefined {
  if (rule.match === undefined) return undefined
  const place = pointerTo(at, 'match')
  try {
    const regex = patternOf(rule.match)
    const matched = (value: unknown, run: Run): unknown => {
      const text = scalarText(value)
      if (text === undefined || !spend(run, text.length * MATCH_COST, target)) return undefined
      const found: unknown[] | null = regex.exec(text)
      const result = found === null ? undefined : (found[1] ?? found[0])
      return isAbsent(result) ? undefined : result
    }
    return (value, run) => (Array.isArray(value) ? matchedItems(value, run, matched) : matched(value, run))
  } catch (error) {
    const words = error instanceof Error ? error.message.slice(0, 200) : 'unreadable'
    scope.faults.add(
      place,
      `The pattern cannot be used: ${words}. It is RE2: no look-around, no back-references, at most 1000 repeats.`,
    )
    return undefined
  }
}

function matchedItems(items: readonly unknown[], run: Run, matched: Step): unknown {
  const found = items.map((item) => matched(item, run)).filter((item) => item !== undefined)
  return found.length === 0 ? undefined : found
}
