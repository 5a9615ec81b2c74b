import { StateEventType, type CaseEventType, type CaseState } from '../../schemas/case.ts'
import type { NoticeClass } from '../../schemas/delivery.ts'

const stateEventTypes: ReadonlySet<string> = new Set(StateEventType.enum)
const resultTypes: ReadonlySet<string> = new Set(['rejected', 'answered', 'resolved'])

export const isStateEvent = (type: CaseEventType): boolean => stateEventTypes.has(type)

/**
 * What kind of news an event is where the mapping says nothing. A result is one only where the case as a whole has it: a
 * co-handler's `resolved` in a case that goes on is progress.
 */
export function noticeClassOf(event: { type: CaseEventType; stateAfter: CaseState }): NoticeClass {
  if (event.type === 'registered') return 'acceptance'
  if (resultTypes.has(event.type)) return event.stateAfter === event.type ? 'result' : 'progress'
  return isStateEvent(event.type) ? 'progress' : 'note'
}
