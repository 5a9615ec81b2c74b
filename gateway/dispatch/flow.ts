/** The two flows 简易 and 一般 as data: which event may follow which state. Pure. */
import {
  PlainEventType,
  type CaseEventType,
  type CaseState,
  type Flow,
  type StateEventType,
} from '../../schemas/case.ts'

/** Event types that may be appended in a state. `returned` leads back to registered, `resumed` to the state before. */
type Transitions = { readonly [state in CaseState]: readonly StateEventType[] }

/** Before the flow is chosen, both are alike. */
const opening = {
  received: ['checking', 'registered', 'rejected', 'answered'],
  checking: ['registered', 'rejected', 'answered'],
  rejected: ['closed', 'reopened'],
  answered: ['closed', 'reopened'],
  closed: ['reopened'],
  suspended: ['resumed'],
} as const

/** 一般: every state. */
const general: Transitions = {
  ...opening,
  registered: ['dispatched', 'answered', 'rejected', 'suspended'],
  dispatched: ['signed', 'returned', 'suspended'],
  signed: ['processing', 'returned', 'suspended'],
  processing: ['resolved', 'returned', 'suspended'],
  resolved: ['verified', 'reopened'],
  verified: ['followed_up', 'reopened'],
  followed_up: ['closed', 'reopened'],
  reopened: ['dispatched', 'answered', 'rejected', 'suspended'],
}

/** 简易: registered → dispatched → resolved → closed. */
const simple: Transitions = {
  ...opening,
  registered: ['dispatched', 'answered', 'rejected', 'suspended'],
  dispatched: ['resolved', 'returned', 'suspended'],
  signed: [],
  processing: [],
  resolved: ['closed', 'reopened'],
  verified: [],
  followed_up: [],
  reopened: ['dispatched', 'answered', 'rejected', 'suspended'],
}

const flows: { readonly [flow in Flow]: Transitions } = { general, simple }

const plainTypes: ReadonlySet<CaseEventType> = new Set(PlainEventType.enum)
/** Plain events that only the gateway itself makes. */
const ownTypes: ReadonlySet<CaseEventType> = new Set(['received', 'linked', 'merged', 'split'])

export const isPlain = (type: CaseEventType): boolean => plainTypes.has(type)

/** State events that may be appended now. The flow counts as general until `registered` chooses one. */
export function allowedTransitions(state: CaseState, flow: Flow | null): readonly StateEventType[] {
  return flows[flow ?? 'general'][state]
}

/** Everything that the dispatch may append now: transitions, and plain events where the case is not closed. */
export function allowedEvents(state: CaseState, flow: Flow | null): readonly CaseEventType[] {
  const plain =
    state === 'closed'
      ? (['noted', 'evaluated'] as const)
      : [...plainTypes].filter((type) => !ownTypes.has(type))
  return [...allowedTransitions(state, flow), ...plain]
}

/** The state after an event that was allowed. `before` is where a suspended case was. */
export function stateAfter(state: CaseState, type: CaseEventType, before: CaseState | null): CaseState {
  if (isPlain(type)) return state
  switch (type) {
    case 'returned':
      return 'registered'
    case 'resumed':
      return before ?? 'registered'
    default:
      return type as CaseState
  }
}
