/** Ends holds 暂缓分拨 whose time has passed: their state lies in the database, so that any process at any time goes on with it. */
import type { Deps } from '../deps.ts'
import { releaseCases } from '../store/case-holds.ts'

const atOnce = 100

/** Served by case_holds_until. */
export const overdueHolds = `
  select case_id from case_holds where until <= $1::timestamptz order by until limit ${atOnce}`

/** Shared by all processes: a case whose row another one holds is left to it, or to the next pass. */
export async function releasePass(deps: Deps): Promise<{ more: boolean }> {
  const due = await deps.db.sql.unsafe<{ case_id: string }[]>(overdueHolds, [deps.now() as never], {
    prepare: true,
  })
  if (due.length === 0) return { more: false }
  const released = await deps.db.transaction(async (tx) => {
    const free = await tx<{ id: string }[]>`
      select id from cases where id = any(${due.map(({ case_id }) => case_id)}::uuid[]) order by id for update skip locked`
    return await releaseCases(tx, deps, { ids: free.map(({ id }) => id), by: 'expiry' })
  })
  if (released.length > 0) {
    deps.signals.wake('dispatch')
    deps.log.info({ event: 'hold.ended', count: released.length })
  }
  return { more: released.length === atOnce }
}

/** For /metrics. */
export async function measureHolds(deps: Deps): Promise<void> {
  const [row] = await deps.db.sql<{ held: number }[]>`
    select count(*)::int as held from case_holds where until is not null`
  deps.metrics.casesHeld.set(row?.held ?? 0)
}
