import { StateEventType, type CaseEventType, type CaseState } from '../../schemas/case.ts'
import type { NoticeClass } from '../../schemas/delivery.ts'

const stateEventTypes: ReadonlySet<string> = new Set(StateEventType.enum)
const resultTypes: ReadonlySet<string> = new Set(['rejected', 'answered', 'resolved'])
/** Said per assignment (并联派件), and the case's state where the whole case moves with it. */
const perAssignment: ReadonlyMap<CaseEventType, CaseState> = new Map([
  ['signed', 'signed'],
  ['processing', 'processing'],
  ['resolved', 'resolved'],
  ['returned', 'registered'],
])

interface EventKind {
  readonly type: CaseEventType
  readonly stateAfter: CaseState
  /** The dispatch's own word for it. */
  readonly part?: boolean | undefined
}

export const isStateEvent = (type: CaseEventType): boolean => stateEventTypes.has(type)

/** A co-handler's part moved; the case stays where it was. */
export function isPartial({ type, stateAfter, part }: EventKind): boolean {
  if (part === true) return true
  const moved = perAssignment.get(type)
  return moved !== undefined && moved !== stateAfter
}

/** What kind of news an event is where the mapping says nothing. A co-handler's `resolved` is progress, not the result. */
export function noticeClassOf(event: EventKind): NoticeClass {
  if (event.type === 'registered') return 'acceptance'
  if (resultTypes.has(event.type)) return isPartial(event) ? 'progress' : 'result'
  return isStateEvent(event.type) ? 'progress' : 'note'
}
