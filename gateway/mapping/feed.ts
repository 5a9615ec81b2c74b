import type { ValidateFunction } from 'ajv'
import type { FeedMapping, ForwardRule } from '../../schemas/mapping.ts'
import { MessageContent } from '../../schemas/message.ts'
import type { RecordReason } from '../../schemas/receipt.ts'
import { ReportContent } from '../../schemas/report.ts'
import { compileCondition } from './computed.ts'
import { pointerTo, type FaultList } from './definition-error.ts'
import { createExpressionCompiler, type ExpressionCompiler } from './expression.ts'
import { compileField } from './field.ts'
import { compileTargets, type CompiledTargets } from './forward-fields.ts'
import { parsePath } from './path.ts'
import type { CompiledField, CompiledTable, FieldScope, Problem, Run, UnknownValue } from './run.ts'
import { canonicalJson, isObject, safeText, scalarText, sha256, shownCode } from './value.ts'
import { compileCheck, compileValidator, explainErrors } from './validation.ts'

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

/** Unknown fields are reported as values of this table. */
export const NEW_FIELDS = 'fields'

const isReport = compileCheck<ReportContent>(ReportContent)
const isMessage = compileCheck<MessageContent>(MessageContent)
const explainReport = compileValidator<ReportContent>(ReportContent)
const explainMessage = compileValidator<MessageContent>(MessageContent)
const SURROUNDINGS = ['record', 'receivedAt', 'channel', 'feed']
const MAX_IDENTITY = 300
const DAY_MS = 86_400_000

interface CompiledRule {
  readonly when: ((run: Run) => boolean) | undefined
  readonly into: 'report' | 'message'
  readonly targets: CompiledTargets
}

/** Compiles one feed; faults go into the list. `at` is the feed's JSON Pointer. */
export function compileFeed(
  name: string,
  feed: FeedMapping,
  place: { at: string; tables: ReadonlyMap<string, CompiledTable>; faults: FaultList },
): CompiledFeed {
  const { at, tables, faults } = place
  const scope = forwardScope(tables, faults)
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
  const known = new Set([...scope.fieldsRead, ...(feed.ignores ?? []).map((text) => firstKey(text))])
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
    seeNewFields(record, known, run)
    if (rule === undefined || run.problems.length > 0)
      return quarantine(run, joined, undefined, rule === undefined ? [noRule(context, at)] : [])
    return finish(rule, run, joined, context)
  }
  return { name, adapter: feed.adapter, rank: feed.rank, settings: feed.settings ?? {}, map }
}

function forwardScope(tables: ReadonlyMap<string, CompiledTable>, faults: FaultList): FieldScope {
  return {
    direction: 'forward',
    expressions: forwardExpressions(),
    tables,
    surroundings: SURROUNDINGS,
    faults,
    checkPath: () => undefined,
    fieldsRead: new Set(),
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

function startRun(record: unknown, { channelId, feed, receivedAt }: MapContext): Run {
  return {
    root: record,
    surroundings: {
      record,
      get receivedAt() {
        return receivedAt.toISOString()
      },
      channel: channelId,
      feed,
    },
    variables: { record },
    channelId,
    problems: [],
    unknown: [],
  }
}

const firstKey = (text: string): string => {
  const parsed = parsePath(text)
  return parsed.kind === 'path' ? String(parsed.path[0]) : text
}

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

function seeNewFields(record: unknown, known: ReadonlySet<string>, run: Run): void {
  if (!isObject(record)) return
  let room = 20
  for (const key of Object.keys(record)) {
    if (known.has(key) || room === 0) continue
    room--
    run.unknown.push({ table: NEW_FIELDS, value: shownCode(key) })
  }
}

function finish(rule: CompiledRule, run: Run, identity: string, context: MapContext): MappedRecord {
  const content = rule.targets.make(run)
  const externalId = scalarText(content[rule.into === 'report' ? 'externalId' : 'about'])?.slice(0, 200)
  const future = futureProblem(rule, content, context)
  if (future !== undefined) run.problems.push(future)
  if (run.problems.length > 0) return quarantine(run, identity, externalId, [])
  if (rule.into === 'report') {
    if (isReport(content)) return { kind: 'report', identity, content, unknown: run.unknown }
    return quarantine(run, identity, externalId, invalid(context, explainReport, content))
  }
  if (isMessage(content)) return { kind: 'message', identity, content, unknown: run.unknown }
  return quarantine(run, identity, externalId, invalid(context, explainMessage, content))
}

function futureProblem(
  rule: CompiledRule,
  content: { [key: string]: unknown },
  context: MapContext,
): Problem | undefined {
  const name = rule.into === 'report' ? 'submittedAt' : 'occurredAt'
  const at = Date.parse(String(content[name]))
  if (!(at > context.receivedAt.getTime() + DAY_MS)) return undefined
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

/** Runs the validator that lists all errors: only where the quick one said no. */
function invalid(context: MapContext, validate: ValidateFunction, content: unknown): Problem[] {
  validate(content)
  const explained = explainErrors(validate.errors ?? [])
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
