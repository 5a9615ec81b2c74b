/** Ends umbrellas 总案 whose window is over, or whose case takes no more reports. */
import type { CaseState } from '../../../schemas/case.ts'
import type { Deps } from '../../deps.ts'
import { insertCaseEvents } from '../../store/case-log.ts'
import { ownEvent } from '../people/own-event.ts'

/** Served by umbrellas_open. */
export const overUmbrellas = `
  select c.id, c.number, c.state, c.sequence, u.opened_at from umbrellas u join cases c on c.id = u.case_id
  where u.ended_at is null and (u.until <= $1::timestamptz or c.state = 'closed') order by c.id for update`

interface OverRow {
  readonly id: string
  readonly number: string
  readonly state: CaseState
  sequence: number
  readonly opened_at: Date
}

/** One pass; how many ended. Shared by all processes: the rows' locks keep each to once. */
export async function endUmbrellas(deps: Deps): Promise<number> {
  const ended = await deps.db.transaction(async (tx) => {
    const now = deps.now()
    const rows = await tx.unsafe<OverRow[]>(overUmbrellas, [now.toISOString()])
    if (rows.length === 0) return rows
    const ids = rows.map(({ id }) => id)
    await insertCaseEvents(
      tx,
      rows.map((held) =>
        ownEvent(deps, held, {
          type: 'noted',
          eventId: `umbrella-ended:${held.opened_at.toISOString()}`,
          content: { reasonCode: 'umbrella-ended', internalNote: '总案已到期结束，以后的诉求重新逐件比对。' },
        }),
      ),
    )
    await tx`update umbrellas set ended_at = ${now}, ended_by = 'gateway' where case_id = any(${ids}::uuid[])`
    await tx`update cases set sequence = sequence + 1 where id = any(${ids}::uuid[])`
    return rows
  })
  for (const { number } of ended)
    deps.log.info({ event: 'umbrella.ended', case: number, principal: 'gateway' })
  if (ended.length > 0) {
    deps.signals.wake('fan-out')
    deps.signals.wake('dispatch')
  }
  return ended.length
}
