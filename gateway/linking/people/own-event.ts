import type { CaseEventContent, CaseEventType } from '../../../schemas/case.ts'
import type { Deps } from '../../deps.ts'
import type { NewEventRow } from '../../store/case-log.ts'
import type { HeldCase } from './linked.ts'

/** An event that the gateway itself appends to a case whose row is held; takes the case's next sequence. */
export function ownEvent(
  deps: Pick<Deps, 'now' | 'newId'>,
  held: Pick<HeldCase, 'id' | 'state' | 'sequence'>,
  event: { type: CaseEventType; eventId: string; content: CaseEventContent },
): NewEventRow {
  held.sequence += 1
  const now = deps.now()
  return {
    ...event,
    id: deps.newId(),
    caseId: held.id,
    sequence: held.sequence,
    caller: 'gateway',
    actor: { kind: 'gateway' },
    occurredAt: now,
    recordedAt: now,
    stateAfter: held.state,
  }
}
