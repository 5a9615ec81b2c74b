import type { ValidateFunction } from 'ajv'
import type { FeedMapping, ForwardRule } from '../../schemas/mapping.ts'
import { MessageContent } from '../../schemas/message.ts'
import type { RecordReason } from '../../schemas/receipt.ts'
import { ReportContent } from '../../schemas/report.ts'
import { compileCondition } from './computed.ts'
import { pointerTo, type FaultList } from './definition-error.ts'
import { NEW_FIELDS, NO_RULE, noteUnknown } from './code-table.ts'
import { createExpressionCompiler, type ExpressionCompiler } from './expression.ts'
import { pathsCompared } from './expression-tree.ts'
import { compileField } from './field.ts'
import { compileTargets, type CompiledTargets } from './forward-fields.ts'
import { KnownFields } from './known-fields.ts'
import { parsePath, readPath } from './path.ts'
import type { ReferenceCodes } from './reference.ts'
import {
  METER_UNITS,
  type CompiledField,
  type CompiledTable,
  type FieldScope,
  type Problem,
  type Run,
  type UnknownValue,
} from './run.ts'
import { canonicalJson, safeText, scalarText, sha256, shownCode } from './value.ts'
import { compileValidator, explainErrors } from './validation.ts'

/** What one record became. Its place (new, version, repeat) is decided later, by what is stored. */
export type MappedRecord =
  | { kind: 'report'; identity: string; content: ReportContent; unknown: UnknownValue[] }
  | { kind: 'message'; identity: string; content: MessageContent; unknown: UnknownValue[] }
  | { kind: 'filtered'; identity?: string; reason: RecordReason }
  | {
      kind: 'quarantined'
      identity?: string
      externalId?: string
      reason: RecordReason
      unknown: UnknownValue[]
    }

export interface MapContext {
  readonly channelId: string
  readonly feed: string
  readonly receivedAt: Date
}

/** One vocabulary of a channel, ready to map. `map` never throws for what a record contains. */
export interface CompiledFeed {
  readonly name: string
  readonly adapter: string
  readonly rank: number
  readonly settings: { readonly [name: string]: unknown }
  map(record: unknown, context: MapContext): MappedRecord
}

const isReport = compileValidator<ReportContent>(ReportContent)
const isMessage = compileValidator<MessageContent>(MessageContent)
const SURROUNDINGS: FieldScope['surroundings'] = {
  record: (run) => run.root,
  receivedAt: (run) => run.receivedAt?.toISOString(),
  channel: (run) => run.channelId,
  feed: (run) => run.feed,
}
const MAX_IDENTITY = 300
const DAY_MS = 86_400_000

interface CompiledRule {
  readonly when: ((run: Run) => boolean) | undefined
  readonly into: 'report' | 'message'
  readonly targets: CompiledTargets
}

interface FeedPlace {
  readonly at: string
  readonly tables: ReadonlyMap<string, CompiledTable>
  readonly reference: ReferenceCodes | undefined
  readonly faults: FaultList
}

/** Compiles one feed; faults go into the list. `at` is the feed's JSON Pointer. */
export function compileFeed(name: string, feed: FeedMapping, place: FeedPlace): CompiledFeed {
  const { at, faults } = place
  const scope = forwardScope(place)
  const identity = feed.identity.map((field, index) =>
    compileField(field, pointerTo(pointerTo(at, 'identity'), index), '', scope),
  )
  const filters = (feed.filters ?? []).map(({ when, reason }, index) => ({
    reason,
    when: compileCondition(when, pointerTo(pointerTo(pointerTo(at, 'filters'), index), 'when'), '', scope),
  }))
  const rules = feed.forward.map((rule, index) =>
    compileRule(rule, pointerTo(pointerTo(at, 'forward'), index), scope),
  )
  warnUnreachable(feed.forward, at, faults)
  readIgnored(feed.ignores ?? [], pointerTo(at, 'ignores'), scope)
  const telling = tellingPaths(feed.forward)
  const map = (record: unknown, context: MapContext): MappedRecord => {
    const run = startRun(record, context)
    const joined = joinIdentity(identity, run)
    for (const filter of filters) {
      if (filter.when(run))
        return {
          kind: 'filtered',
          identity: joined,
          reason: { code: 'mapping.filtered', detail: filter.reason },
        }
    }
    const rule = rules.find(({ when }) => when === undefined || when(run))
    scope.reads.eachNew(record, (prefix, key) => noteUnknown(run, NEW_FIELDS, prefix + shownCode(key)))
    if (rule === undefined) {
      noteUnknown(run, NO_RULE, kindShown(record, telling), true)
      return quarantine(run, joined, undefined, [noRule(context, at)])
    }
    if (run.problems.length > 0) return quarantine(run, joined, undefined, [])
    return finish(rule, run, joined, context)
  }
  return { name, adapter: feed.adapter, rank: feed.rank, settings: feed.settings ?? {}, map }
}

function forwardScope({ tables, reference, faults }: FeedPlace): FieldScope {
  return {
    direction: 'forward',
    expressions: forwardExpressions(),
    tables,
    reference,
    surroundings: SURROUNDINGS,
    faults,
    depth: 0,
    checkPath: () => undefined,
    reads: new KnownFields(),
  }
}

let expressions: ExpressionCompiler | undefined
const forwardExpressions = (): ExpressionCompiler => (expressions ??= createExpressionCompiler(['record']))

function compileRule(rule: ForwardRule, at: string, scope: FieldScope): CompiledRule {
  return {
    when: rule.when === undefined ? undefined : compileCondition(rule.when, pointerTo(at, 'when'), '', scope),
    into: rule.into,
    targets: compileTargets(rule, pointerTo(at, 'fields'), scope),
  }
}

function warnUnreachable(rules: readonly ForwardRule[], at: string, faults: FaultList): void {
  const open = rules.findIndex(({ when }) => when === undefined)
  if (open >= 0 && open < rules.length - 1) {
    faults.add(
      pointerTo(pointerTo(at, 'forward'), open + 1),
      'This rule is never reached: the one before it has no "when". Move the rule without "when" to the end.',
    )
  }
}

const startRun = (record: unknown, { channelId, feed, receivedAt }: MapContext): Run => ({
  root: record,
  variables: { record },
  channelId,
  feed,
  receivedAt,
  problems: [],
  unknown: [],
  meter: { left: METER_UNITS },
})

function readIgnored(texts: readonly string[], at: string, scope: FieldScope): void {
  for (const [index, text] of texts.entries()) {
    const parsed = parsePath(text)
    if (parsed.kind === 'path') scope.reads.add(parsed.path)
    else scope.faults.add(pointerTo(at, index), parsed.detail)
  }
}

/** A kind of record that no rule takes is shown by so many fields. */
const MAX_TELLING = 3

/** The fields by which the rules tell records apart. */
function tellingPaths(rules: readonly ForwardRule[]): string[][] {
  const paths = new Map<string, string[]>()
  for (const { when } of rules) {
    const compiled = when === undefined ? undefined : forwardExpressions().compile(when)
    if (compiled?.kind !== 'expression') continue
    for (const path of pathsCompared(compiled.ast, 'record')) paths.set(path.join('.'), path)
  }
  return [...paths.values()].slice(0, MAX_TELLING)
}

/** `msg_type=EVAL`: what an admin must know to write the missing rule. */
const kindShown = (record: unknown, telling: readonly string[][]): string =>
  telling
    .map((path) => {
      const text = scalarText(readPath(record, path))
      return `${path.join('.')}=${text === undefined ? '(none)' : shownCode(text)}`
    })
    .join(', ') || '(no field)'

const escapeBar = (text: string): string =>
  text.includes('|') || text.includes('\\') ? text.replaceAll(/[\\|]/g, String.raw`\$&`) : text

/** Joined by `|`; a `|` within a value is written `\|`. Absent parts at the end are left out. */
function joinIdentity(fields: readonly CompiledField[], run: Run): string {
  const parts = fields.map((field) => escapeBar((scalarText(field.read(run)) ?? '').trim()))
  while (parts.at(-1) === '') parts.pop()
  if (parts.length === 0) return `sha256:${sha256(canonicalJson(run.root))}`
  const joined = safeText(parts.join('|'))
  return joined.length > MAX_IDENTITY ? `sha256:${sha256(joined)}` : joined
}

function finish(rule: CompiledRule, run: Run, identity: string, context: MapContext): MappedRecord {
  const content = rule.targets.make(run)
  const externalId = scalarText(content[rule.into === 'report' ? 'externalId' : 'about'])?.slice(0, 200)
  const future = futureProblem(rule, content, context)
  if (future !== undefined) run.problems.push(future)
  if (run.problems.length > 0) return quarantine(run, identity, externalId, [])
  if (rule.into === 'report') {
    if (isReport(content)) return { kind: 'report', identity, content, unknown: run.unknown }
    return quarantine(run, identity, externalId, invalid(context, isReport.errors))
  }
  if (isMessage(content)) return { kind: 'message', identity, content, unknown: run.unknown }
  return quarantine(run, identity, externalId, invalid(context, isMessage.errors))
}

function futureProblem(
  rule: CompiledRule,
  content: { [key: string]: unknown },
  context: MapContext,
): Problem | undefined {
  const name = rule.into === 'report' ? 'submittedAt' : 'occurredAt'
  const text = content[name]
  // A time that the datetime reader made; any other is judged by the validation.
  if (typeof text !== 'string' || !(Date.parse(text) > context.receivedAt.getTime() + DAY_MS))
    return undefined
  return {
    code: 'mapping.future-date',
    pointer: `/${name}`,
    detail: `Channel ${context.channelId} sent a time (${name}) more than a day in the future. Check the source's clock, and the format and zone in the mapping.`,
  }
}

const noRule = (context: MapContext, at: string): Problem => ({
  code: 'mapping.no-rule',
  pointer: '',
  detail: `No rule of feed ${context.feed} applies to this record of channel ${context.channelId}. Add a rule under ${at}/forward whose "when" holds for it, or a filter.`,
})

function invalid(context: MapContext, errors: ValidateFunction['errors']): Problem[] {
  const explained = explainErrors(errors ?? [], 'content')
  const [first] = explained
  const words = `The mapping of channel ${context.channelId} made an invalid ${first === undefined ? 'result' : `value at ${first.pointer}`}. ${first?.detail ?? ''}`
  return explained.map(({ pointer, detail }, index) => ({
    code: 'mapping.invalid-report',
    pointer,
    detail: index === 0 ? words : detail,
  }))
}

function quarantine(
  run: Run,
  identity: string,
  externalId: string | undefined,
  more: readonly Problem[],
): MappedRecord {
  const problems = [...run.problems, ...more].slice(0, 50)
  const [first] = problems
  const reason: RecordReason = {
    code: first?.code ?? 'mapping.invalid-report',
    detail: (first?.detail ?? '').slice(0, 2000),
    errors: problems.map(({ pointer, detail }) => ({
      pointer: pointer.slice(0, 500),
      detail: detail.slice(0, 1000),
    })),
  }
  return {
    kind: 'quarantined',
    identity,
    ...(externalId === undefined || externalId === '' ? {} : { externalId: safeText(externalId) }),
    reason,
    unknown: run.unknown,
  }
}
