/** Hands a case to the systems of its units: a channel that `handles` a unit becomes a party of the case, a handler 承办方. */
import type { CaseEventContent, CaseEventType } from '../../schemas/case.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import type { AssignmentRow } from './assignments.ts'

/** Reason codes of a `noted` event that asks a unit for something: 核实 before 立案, 核查 after 办结. */
const requests: ReadonlySet<string> = new Set(['check', 'verify'])

/** Units to which an event gives the case, or of which it asks something. */
export function unitsCalled(
  event: { type: CaseEventType; content: CaseEventContent },
  before: readonly AssignmentRow[],
  after: readonly AssignmentRow[],
): string[] {
  const known = new Set(before.map(({ id }) => id))
  const assigned = after.flatMap(({ id, unitCode }) => (known.has(id) ? [] : [unitCode]))
  const { unitCode, reasonCode = '' } = event.content
  const asks = event.type === 'checking' || (event.type === 'noted' && requests.has(reasonCode))
  return [...new Set(asks && unitCode !== undefined ? [...assigned, unitCode] : assigned)]
}

/** The handlers hear of the event that made them handlers, and of all that follow. Idempotent. */
export async function handOver(
  tx: Tx,
  deps: Deps,
  event: { caseId: string; sequence: number; units: readonly string[] },
): Promise<void> {
  const now = deps.now()
  for (const unitCode of event.units) {
    const channelId = deps.catalog.handlerOf(unitCode)
    if (channelId === undefined) continue
    await tx`
      insert into parties (id, case_id, kind, channel_id, unit_code, joined_sequence, joined_at)
      values (${deps.newId()}, ${event.caseId}, 'handler', ${channelId}, ${unitCode}, ${event.sequence - 1}, ${now})
      on conflict (case_id, channel_id) where report_id is null do update set unit_code = excluded.unit_code`
  }
}
