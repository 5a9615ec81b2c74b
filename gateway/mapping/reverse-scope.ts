import type { TSchema } from 'typebox'
import { CaseEvent, PlainEventType, StateEventType } from '../../schemas/case.ts'
import { suggestion, type FaultList } from './definition-error.ts'
import { createExpressionCompiler, type ExpressionCompiler } from './expression.ts'
import { KnownFields } from './known-fields.ts'
import type { Path } from './path.ts'
import type { ReferenceCodes } from './reference.ts'
import type { CompiledTable, FieldScope } from './run.ts'

/** Every case event type: those that move the state, then the others. */
export const EVENT_TYPES: readonly string[] = [...StateEventType.enum, ...PlainEventType.enum]

/** What the reverse direction can read, by first name. `true`: anything below. */
export const ROOTS: { readonly [name: string]: readonly string[] | true } = {
  event: Object.keys(CaseEvent.properties),
  case: [
    'number',
    'state',
    'category',
    'title',
    'text',
    'kind',
    'urgency',
    'sensitive',
    'location',
    'tags',
    'units',
    'flow',
    'openedAt',
    'closedAt',
    'chain',
  ],
  source: ['externalId', 'references', 'extra', 'title', 'submittedAt'],
  party: ['kind', 'unitCode'],
  channel: ['id', 'name', 'settings'],
  code: [],
  progressText: [],
}
/** Read only where a call's body addresses the reporter: never in a text that people see, nor in an expression. */
export const REPORTER_ROOT = {
  reporter: ['name', 'phone', 'email', 'openid', 'unionid', 'siteUser'],
} as const
const CONTENT: TSchema & { properties: object } = CaseEvent.properties.content

let expressions: ExpressionCompiler | undefined
const reverseExpressions = (): ExpressionCompiler =>
  (expressions ??= createExpressionCompiler(Object.keys(ROOTS)))

/** Fields over an event, its case, the source and the channel. Names are checked as far as they are known. */
export function reverseScope(place: {
  readonly tables: ReadonlyMap<string, CompiledTable>
  readonly reference: ReferenceCodes | undefined
  readonly faults: FaultList
}): FieldScope {
  return {
    direction: 'reverse',
    expressions: reverseExpressions(),
    tables: place.tables,
    reference: place.reference,
    surroundings: {},
    faults: place.faults,
    depth: 0,
    checkPath: (path, text) => checkPath(path, text, ROOTS),
    reads: new KnownFields(),
  }
}

/** The same for bodies of calls and what they require, which may address the reporter. */
export function withReporter(scope: FieldScope): FieldScope {
  const roots = { ...ROOTS, ...REPORTER_ROOT }
  return { ...scope, checkPath: (path, text) => checkPath(path, text, roots), reads: new KnownFields() }
}

function checkPath(path: Path, text: string, roots: typeof ROOTS): string | undefined {
  const [root = '', second, third] = path.map(String)
  if (root === 'reporter' && !Object.hasOwn(roots, root))
    return `"${text}" is personal: it can stand in the body of a request and in "requires" only.`
  const known = Object.hasOwn(roots, root) ? roots[root] : undefined
  if (known === undefined)
    return `"${text}" is not known.${suggestion(root, Object.keys(roots))} A constant is written { value: … }.`
  if (second === undefined || known === true) return undefined
  if (!known.includes(second)) return `"${second}" of "${text}" is not known.${suggestion(second, known)}`
  if (
    root === 'event' &&
    second === 'content' &&
    third !== undefined &&
    !Object.hasOwn(CONTENT.properties, third)
  ) {
    return `"${third}" of "${text}" is not known.${suggestion(third, Object.keys(CONTENT.properties))}`
  }
  return undefined
}
