/** Counts the people of cases that were opened by a version which did not count them: some at a time, gone on with after a restart. */
import type { Deps } from '../../deps.ts'
import { checkLease, type Lease } from '../../store/leases.ts'
import { recountPeople } from './keep-people.ts'

/** Written by the migration where there were cases: the last case that was looked at. */
const factName = 'case-people-from'
const casesAtOnce = 100
/** Of cases with very many reports fewer are counted in one commit. */
const reportsAtOnce = 5_000

/** By cases_pkey, case_people's key and reports_case. */
export const uncountedCases = `
  select c.id, n.reports, exists (select 1 from case_people where case_id = c.id offset 0) as counted
  from (select id from cases where id > $1::uuid order by id limit ${casesAtOnce}) c
  cross join lateral (select count(*)::int as reports from reports where case_id = c.id) n order by c.id`

/** The next cases. `more` until all were looked at; nothing is done where there is nothing to count. */
export async function countFormerPeople(deps: Deps, lease: Lease): Promise<{ more: boolean }> {
  return await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    const [from] = await tx<{ value: string }[]>`select value from facts where name = ${factName} for update`
    if (from === undefined) return { more: false }
    const found = await tx.unsafe<{ id: string; reports: number; counted: boolean }[]>(uncountedCases, [
      from.value,
    ])
    let reports = 0
    const some = found.filter((row, index) => {
      reports += row.counted ? 0 : row.reports
      return index === 0 || reports <= reportsAtOnce
    })
    const ids = some.flatMap(({ id, counted }) => (counted ? [] : [id]))
    await tx`select 1 from cases where id = any(${ids}::uuid[]) order by id for update`
    await recountPeople(tx, ids)
    const last = some.at(-1)
    if (last === undefined) await tx`delete from facts where name = ${factName}`
    else await tx`update facts set value = ${last.id} where name = ${factName}`
    return { more: last !== undefined }
  })
}
