/** Reports that came by a joining are evidence like any later report: the case can reach a threshold 督办 by them. */
import type { Deps } from '../../deps.ts'
import type { NewEventRow } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import { newEscalations } from '../people/escalations.ts'
import { personsOf, unknownPerson } from '../people/persons.ts'
import { addTags, relationTags } from '../people/relations.ts'
import { byGateway, saying } from './said.ts'
import type { HeldCase } from './held-case.ts'

/** What the case is told of thresholds that it reached with these reports; `sequence` is its last one. The people are counted already. */
export async function escalated(
  tx: Tx,
  deps: Deps,
  { into, reports, sequence }: { into: HeldCase; reports: readonly string[]; sequence: number },
): Promise<NewEventRow[]> {
  const rows = await tx<{ id: string; person_keys: string[]; submitted_at: Date }[]>`
    select id, person_keys, submitted_at from reports where case_id = ${into.id} order by submitted_at, id`
  const persons = personsOf(
    rows.map(({ person_keys, submitted_at }) => ({ keys: person_keys, at: submitted_at, reports: 1 })),
  )
  const came = new Set(reports)
  const spokeKeys = new Set(rows.flatMap(({ id, person_keys }) => (came.has(id) ? person_keys : [])))
  const known = persons.filter(({ key }) => key !== unknownPerson)
  const counts = {
    reports: rows.length,
    people: known.length,
    unknownReports: persons.find(({ key }) => key === unknownPerson)?.reports ?? 0,
    spoke: known.filter(({ keys }) => [...keys].some((key) => spokeKeys.has(key))),
  }
  const held = { ...into, category: null, location: null, closed_at: null }
  const found = await newEscalations(tx, new Map([[into.id, counts]]), {
    held: new Map([[into.id, held]]),
    rules: deps.catalog.codes.linking.escalations,
    now: deps.now(),
  })
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
