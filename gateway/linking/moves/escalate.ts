/**
 * Reports that came by a joining are evidence like any later report: the case can reach a threshold 督办 by them. A case that
 * reports were taken out of can fall below all of them again.
 */
import type { Deps } from '../../deps.ts'
import { insertCaseEvents, type NewEventRow } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import { newEscalations, reachedThresholds, repeatsOver } from '../people/escalations.ts'
import type { CasePeople } from '../people/keep-people.ts'
import { personsOf, unknownPerson } from '../people/persons.ts'
import { addTags, relationTags } from '../people/relations.ts'
import { byGateway, saying } from './said.ts'
import type { HeldCase } from './held-case.ts'

/** What stands in a case by now. `spoke` are those who sent one of these reports, or all of them. */
async function countsOf(tx: Tx, caseId: string, came: ReadonlySet<string> | 'all'): Promise<CasePeople> {
  const rows = await tx<{ id: string; person_keys: string[]; submitted_at: Date }[]>`
    select id, person_keys, submitted_at from reports where case_id = ${caseId} order by submitted_at, id`
  const persons = personsOf(
    rows.map(({ person_keys, submitted_at }) => ({ keys: person_keys, at: submitted_at, reports: 1 })),
  )
  const spokeKeys = new Set(
    rows.flatMap(({ id, person_keys }) => (came === 'all' || came.has(id) ? person_keys : [])),
  )
  const known = persons.filter(({ key }) => key !== unknownPerson)
  return {
    reports: rows.length,
    people: known.length,
    unknownReports: persons.find(({ key }) => key === unknownPerson)?.reports ?? 0,
    spoke: known.filter(({ keys }) => [...keys].some((key) => spokeKeys.has(key))),
  }
}

const contextOf = ({ catalog, now }: Deps, held: HeldCase) => ({
  held: new Map([[held.id, held]]),
  rules: catalog.codes.linking.escalations,
  now: now(),
})

/** What the case is told of thresholds that it reached with these reports; `sequence` is its last one. The people are counted already. */
export async function escalated(
  tx: Tx,
  deps: Deps,
  { into, reports, sequence }: { into: HeldCase; reports: readonly string[]; sequence: number },
): Promise<NewEventRow[]> {
  const counts = await countsOf(tx, into.id, new Set(reports))
  const found = await newEscalations(tx, new Map([[into.id, counts]]), contextOf(deps, into))
  const own = found.get(into.id) ?? []
  if (own.length > 0) await addTags(tx, new Map([[into.id, [relationTags.repeated]]]))
  return own.map(({ eventId, reasonCode, internalNote }, index) =>
    saying(deps, {
      ...byGateway,
      caseId: into.id,
      sequence: sequence + 1 + index,
      type: 'escalated',
      stateAfter: into.state,
      eventId,
      content: { reasonCode, internalNote },
    }),
  )
}

/**
 * Cases that reports were taken out of: one that reaches no threshold any more loses 重复投诉, unless one of its sources gave it that
 * tag, and says so. `move` names the act. The people are counted already.
 */
export async function calmDown(
  tx: Tx,
  deps: Deps,
  { move, left }: { move: string; left: readonly HeldCase[] },
): Promise<void> {
  for (const held of left) {
    const [tagged] = await tx<{ sequence: number; state: HeldCase['state'] }[]>`
      select sequence, state from cases c where id = ${held.id} and tags @> array[${relationTags.repeated}]
        and not exists (select 1 from reports p where p.case_id = c.id and p.working->'tags' ? ${relationTags.repeated})`
    if (tagged === undefined) continue
    const counts = new Map([[held.id, await countsOf(tx, held.id, 'all')]])
    if ((await reachedThresholds(tx, counts, contextOf(deps, held))).size > 0) continue
    await tx`
      update cases set tags = array_remove(tags, ${relationTags.repeated}), sequence = sequence + 1 where id = ${held.id}`
    await insertCaseEvents(tx, [
      saying(deps, {
        ...byGateway,
        caseId: held.id,
        sequence: tagged.sequence + 1,
        type: 'noted',
        stateAfter: tagged.state,
        eventId: `${repeatsOver}:${move}`,
        content: { reasonCode: repeatsOver, internalNote: '拆出诉求后，不再达到重复投诉的标准。' },
      }),
    ])
  }
}
