import type { ReverseAction, ReverseActions, ReverseMapping } from '../../schemas/mapping.ts'
import type { Judge } from './answer.ts'
import type { CompiledBody } from './body.ts'
import { compileCondition } from './computed.ts'
import { pointerTo, suggestion } from './definition-error.ts'
import { compileField } from './field.ts'
import { compileGetter } from './getter.ts'
import type { ReverseInput, ReverseResult } from './reverse.ts'
import { EVENT_TYPES } from './reverse-scope.ts'
import type { FieldScope, Run } from './run.ts'
import { isAbsent, safeText, scalarText } from './value.ts'

export type CompiledAction = (run: Run, input: ReverseInput) => ReverseResult

export interface CompiledRequest {
  readonly settings: { readonly [name: string]: unknown }
  readonly body: CompiledBody
  readonly judge: Judge
}

/** The action that is taken where no condition holds. */
export const usualOf = (actions: ReverseActions): ReverseAction | undefined => [actions].flat().at(-1)

/** It is used by channels without interface only, and checked for all. */
export function compileManual(manual: NonNullable<ReverseMapping['manual']>, scope: FieldScope): void {
  compileField(manual.text, '/reverse/manual/text', '/text', scope)
  if (manual.where !== undefined) compileField(manual.where, '/reverse/manual/where', '/where', scope)
}

/** Where actions are compiled. `personal` may address the reporter. */
interface ActionPlace {
  readonly scope: FieldScope
  readonly personal: FieldScope
  readonly requests: ReadonlyMap<string, CompiledRequest>
  readonly reverse: ReverseMapping
}

/** Every event type has its action, or `otherwise` has it. */
export function compileActions(
  events: ReverseMapping['events'],
  pointer: string,
  place: ActionPlace,
): Map<string, CompiledAction> {
  const { faults } = place.scope
  const actions = new Map<string, CompiledAction>()
  for (const [type, given] of Object.entries(events)) {
    const at = pointerTo(pointer, type)
    if (type !== 'otherwise' && !EVENT_TYPES.includes(type))
      faults.add(at, `"${type}" is no case event.${suggestion(type, [...EVENT_TYPES, 'otherwise'])}`)
    actions.set(type, Array.isArray(given) ? compileChoice(given, at, place) : compileOnly(given, at, place))
  }
  const unlisted = EVENT_TYPES.filter((type) => !actions.has(type))
  if (!actions.has('otherwise') && unlisted.length > 0) {
    faults.add(
      pointer,
      `Nothing is said about ${unlisted.join(', ')}. List them, or add "otherwise", for example { action: skip, reason: … }.`,
    )
  }
  return actions
}

function compileOnly(action: ReverseAction, at: string, place: ActionPlace): CompiledAction {
  if (action.when !== undefined)
    place.scope.faults.add(
      pointerTo(at, 'when'),
      'A condition needs what is done otherwise: write a list of actions, the last without "when".',
    )
  return compileAction(action, at, place)
}

/**
 * The first action whose condition holds. Where a condition fails, its call or task is taken and blocked, so that a person
 * sees it; nothing is skipped because of a fault.
 */
function compileChoice(list: readonly ReverseAction[], at: string, place: ActionPlace): CompiledAction {
  const choices = list.map((action, index) => {
    const here = pointerTo(at, index)
    const last = index === list.length - 1
    if (last === (action.when !== undefined))
      place.scope.faults.add(
        pointerTo(here, 'when'),
        last
          ? 'The last action of a list has no "when": it is what is done otherwise. Remove it, or add an action.'
          : 'This action has no "when", so that those after it are never reached. Add one, or move it to the end.',
      )
    return {
      when:
        action.when === undefined
          ? undefined
          : compileCondition(action.when, pointerTo(here, 'when'), '/when', place.scope),
      code: action.code,
      skips: action.action === 'skip',
      take: compileAction(action, here, place),
    }
  })
  return (run, input) => {
    for (const { when, code, skips, take } of choices) {
      if (when === undefined || when(withCode(run, code))) return take(run, input)
      if (run.problems.length > 0 && !skips) return take(run, input)
    }
    return { action: 'skip', reason: 'The mapping says nothing about this event.' }
  }
}

function compileAction(action: ReverseAction, at: string, place: ActionPlace): CompiledAction {
  const { scope, personal, requests, reverse } = place
  const code = action.code === undefined ? {} : { code: action.code }
  if (action.action === 'skip') return () => ({ action: 'skip', ...code, reason: action.reason })
  const noticeClass = action.class === undefined ? {} : { class: action.class }
  const requires = compileRequires(action.requires ?? [], pointerTo(at, 'requires'), personal)
  if (action.action === 'call') {
    const request = requests.get(action.request)
    if (action.text !== undefined) compileField(action.text, pointerTo(at, 'text'), '/text', scope)
    if (request === undefined) {
      scope.faults.add(
        pointerTo(at, 'request'),
        `There is no request "${action.request}".${suggestion(action.request, Object.keys(reverse.requests ?? {}))} Add it under reverse.requests.`,
      )
    }
    return (run) => {
      const coded = withCode(run, action.code)
      const body = request?.body(coded)
      return {
        action: 'call',
        request: action.request,
        ...code,
        body: body ?? {},
        ...noticeClass,
        missing: missingOf(requires, coded),
      }
    }
  }
  const text = compileField(action.text, pointerTo(at, 'text'), '/text', scope)
  const where =
    action.where === undefined
      ? undefined
      : compileField(action.where, pointerTo(at, 'where'), '/where', scope)
  return (run) => {
    const coded = withCode(run, action.code)
    const spot = scalarText(where?.read(coded))
    return {
      action: 'task',
      text: safeText(scalarText(text.read(coded)) ?? ''),
      ...(spot === undefined ? {} : { where: spot }),
      ...code,
      ...noticeClass,
      missing: missingOf(requires, coded),
    }
  }
}

/** The run in which bodies and conditions read the action's own code. */
export function withCode(run: Run, code: string | undefined): Run {
  const root = { ...(run.root as object), code }
  return { ...run, root, variables: { ...run.variables, code: code ?? null } }
}

interface Requirement {
  readonly path: string
  readonly get: (run: Run) => unknown
}

const compileRequires = (paths: readonly string[], at: string, scope: FieldScope): Requirement[] =>
  paths.map((path, index) => ({ path, get: compileGetter(path, pointerTo(at, index), scope) }))

/** Read after body and text, so that codes without a row are named too. */
function missingOf(requires: readonly Requirement[], run: Run): string[] {
  const paths = requires.filter(({ get }) => isAbsent(get(run))).map(({ path }) => path)
  return [...paths, ...run.problems.map(({ pointer, detail }) => `${pointer}: ${detail}`)]
}
