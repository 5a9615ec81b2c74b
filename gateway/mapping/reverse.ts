import type { Answer } from '../../adapters/adapter.ts'
import type { Case, CaseEvent } from '../../schemas/case.ts'
import type { Notice, NoticeClass, Outcome, PartnerClass } from '../../schemas/delivery.ts'
import type { ReverseMapping } from '../../schemas/mapping.ts'
import type { Reference } from '../../schemas/primitives.ts'
import type { Reporter } from '../../schemas/report.ts'
import { compileJudgement, compileLookupJudgement, type LookupJudge } from './answer.ts'
import { compileBody } from './body.ts'
import { pointerTo } from './definition-error.ts'
import {
  compileActions,
  compileManual,
  usualOf,
  withCode,
  type CompiledAction,
  type CompiledRequest,
} from './reverse-actions.ts'
import { reverseScope, withReporter } from './reverse-scope.ts'
import { METER_UNITS, type FieldScope, type Run } from './run.ts'

type OptionalOfCase =
  | 'category'
  | 'title'
  | 'text'
  | 'flow'
  | 'kind'
  | 'urgency'
  | 'sensitive'
  | 'location'
  | 'tags'
  | 'openedAt'
  | 'closedAt'
  | 'chain'

/** One case event for one party, before it is put into the partner's words. */
export interface ReverseInput {
  readonly event: CaseEvent
  readonly case: Pick<Case, 'number' | 'state'> & {
    readonly [P in OptionalOfCase]?: Case[P] | undefined
  } & {
    /** Units 承办单位 that have a part in the case, the lead first. */
    readonly units?: readonly string[] | undefined
  }
  /** `handler`: the case was handed to this channel, for this unit. Source where missing. */
  readonly party?: { readonly kind: string; readonly unitCode?: string | undefined } | undefined
  /** The event type whose action is taken, where it is not the event's own. */
  readonly as?: CaseEvent['type'] | undefined
  readonly source: {
    readonly externalId: string
    readonly references: readonly Reference[]
    readonly extra: { readonly [name: string]: string }
    readonly title?: string | undefined
    readonly submittedAt?: string | undefined
  }
  /** Only where `readsReporter`: bodies of calls may address the person. */
  readonly reporter?: Reporter | undefined
  readonly channel: {
    readonly id: string
    readonly name: string
    readonly settings: { readonly [name: string]: unknown }
  }
  /** The event in public wording. */
  readonly progressText: string
}

export type ReverseResult =
  | { action: 'call'; request: string; code?: string; body: unknown; class?: NoticeClass; missing: string[] }
  | { action: 'skip'; code?: string; reason: string }
  | { action: 'task'; text: string; where?: string; code?: string; class?: NoticeClass; missing: string[] }

export interface CompiledLookup {
  readonly settings: { readonly [name: string]: unknown }
  readonly body: unknown
  judge(answer: Answer): 'delivered' | 'absent' | 'unknown'
}

export interface CompiledReverse {
  readonly adapter: string | undefined
  readonly partner: PartnerClass
  /** The channel asks for its events itself. */
  readonly pull: boolean
  readonly settings: { readonly [name: string]: unknown }
  /** Cases can be handed to a channel of this mapping. */
  readonly tellsHandlers: boolean
  /** Calls of this mapping write to the reporter, so `act` needs the reporter. */
  readonly readsReporter: boolean
  /** What this party is told. `missing` names paths without a value, and codes no table lists: the delivery is blocked. */
  act(input: ReverseInput): ReverseResult
  requestSettings(request: string): { readonly [name: string]: unknown }
  /** What an answer means; null: the mapping does not decide. */
  judge(request: string, answer: Answer): Outcome | null
  /** How to ask a `queryable` partner what it has; null where the mapping has none. */
  lookup(notice: Notice): CompiledLookup | null
  /** The partner's code for a case state or event type. */
  codeOf(stateOrEventType: string): string | undefined
}

/** Compiles the reverse direction; faults go into the list. */
export function compileReverse(
  reverse: ReverseMapping,
  data: Parameters<typeof reverseScope>[0],
): CompiledReverse {
  const scope = reverseScope(data)
  const personal = withReporter(scope)
  const requests = compileRequests(reverse, personal)
  const place = { scope, personal, requests, reverse }
  const actions = compileActions(reverse.events, '/reverse/events', place)
  const handlerActions =
    reverse.handler === undefined
      ? new Map<string, CompiledAction>()
      : compileActions(reverse.handler.events, '/reverse/handler/events', place)
  const lookup = compileLookup(reverse, scope)
  if (reverse.manual !== undefined) compileManual(reverse.manual, scope)
  const codes = new Map(Object.entries(reverse.events).map(([type, one]) => [type, usualOf(one)?.code]))
  return {
    adapter: reverse.adapter,
    partner: reverse.partner,
    pull: reverse.pull ?? false,
    settings: reverse.settings ?? {},
    tellsHandlers: reverse.handler !== undefined,
    readsReporter: personal.reads.has('reporter'),
    act: (input) => {
      const table = input.party?.kind === 'handler' ? handlerActions : actions
      const act = table.get(input.as ?? input.event.type) ?? table.get('otherwise')
      return act === undefined
        ? { action: 'skip', reason: 'The mapping says nothing about this event.' }
        : act(startRun(input, input.channel.id), input)
    },
    requestSettings: (request) => requests.get(request)?.settings ?? {},
    judge: (request, answer) => requests.get(request)?.judge(answer) ?? null,
    lookup,
    codeOf: (name) => (codes.has(name) ? codes.get(name) : codes.get('otherwise')),
  }
}

const startRun = (root: object, channelId: string): Run => ({
  root,
  variables: { ...root },
  channelId,
  feed: 'reverse',
  receivedAt: undefined,
  problems: [],
  unknown: [],
  meter: { left: METER_UNITS },
})

function compileRequests(reverse: ReverseMapping, scope: FieldScope): Map<string, CompiledRequest> {
  const requests = new Map<string, CompiledRequest>()
  for (const [name, request] of Object.entries(reverse.requests ?? {})) {
    const at = pointerTo('/reverse/requests', name)
    requests.set(name, {
      settings: request.settings ?? {},
      body: compileBody(request.body, pointerTo(at, 'body'), scope),
      judge: compileJudgement(request.answer, pointerTo(at, 'answer'), scope),
    })
  }
  if (requests.size > 0 && reverse.adapter === undefined) {
    scope.faults.add(
      '/reverse',
      'There are requests but no adapter to make them. Add "adapter", or let the actions be tasks.',
    )
  }
  return requests
}

function compileLookup(
  reverse: ReverseMapping,
  scope: FieldScope,
): (notice: Notice) => CompiledLookup | null {
  const { lookup } = reverse
  if (lookup === undefined) {
    if (reverse.partner === 'queryable' && reverse.adapter !== undefined) {
      scope.faults.add(
        '/reverse',
        'A queryable partner is asked after an ambiguous try: say how under "lookup", or make the partner keyed or blind.',
      )
    }
    return () => null
  }
  const body = compileBody(lookup.body, '/reverse/lookup/body', scope)
  const judge: LookupJudge = compileLookupJudgement(lookup, '/reverse/lookup', scope)
  return (notice) => {
    const run = withCode(startRun(noticeScope(notice), notice.channel), notice.code)
    return { settings: lookup.settings ?? {}, body: body(run), judge: (answer) => judge(answer, notice) }
  }
}

/** What of a notice the lookup's paths can read. */
const noticeScope = (notice: Notice): object => ({
  event: notice.event,
  case: { number: notice.case, state: notice.event.stateAfter },
  source: notice.source,
  channel: { id: notice.channel },
})
