/** Repeats are evidence: from the district's thresholds on a case is put before whoever supervises it 督办, once for each. */
import type { LinkingRules } from '../../mapping/linking-rules.ts'
import type { Tx } from '../../store/client.ts'
import type { CasePeople } from './keep-people.ts'
import type { HeldCase } from './linked.ts'

export interface Escalation {
  /** Names the threshold; an event id of its case. */
  readonly eventId: string
  readonly reasonCode: 'repeat-person' | 'many-people' | 'many-reports'
  readonly level: number
  readonly internalNote: string
}

/** What a case has come to. `person`: the most that one person reported within so many days, over the case's chain. */
export interface CaseCounts {
  readonly reports: number
  readonly people: number
  person(withinDays: number): number
}

/** Every threshold that the counts reach. Pure. */
export function escalationsOf(
  { person, people, reports }: LinkingRules['escalations'],
  counts: CaseCounts,
): Escalation[] {
  return [
    ...person.flatMap(({ reports: least, withinDays, level }): Escalation[] => {
      const found = counts.person(withinDays)
      if (found < least) return []
      return [
        {
          eventId: `escalated:repeat-person:${least}:${withinDays}`,
          reasonCode: 'repeat-person',
          level,
          internalNote: `同一人在${withinDays}天内反映了${found}次（督办级别${level}）。`,
        },
      ]
    }),
    ...people.flatMap(({ people: least, level }): Escalation[] =>
      counts.people < least
        ? []
        : [
            {
              eventId: `escalated:many-people:${least}`,
              reasonCode: 'many-people',
              level,
              internalNote: `已有${counts.people}人反映同一事项（督办级别${level}）。`,
            },
          ],
    ),
    ...reports.flatMap(({ reports: least, level }): Escalation[] =>
      counts.reports < least
        ? []
        : [
            {
              eventId: `escalated:many-reports:${least}`,
              reasonCode: 'many-reports',
              level,
              internalNote: `同一事项已反映${counts.reports}次（督办级别${level}）。`,
            },
          ],
    ),
  ]
}

/** One person's reports of a chain by age. Served by cases_chain and reports_case. */
export const personInChain = `
  select w.case_id, max(n.reports)::int as reports, w.days from json_to_recordset($1::text::json) as w(case_id uuid, chain_id uuid, keys json, days int)
  cross join lateral (
    select count(*) as reports from cases c join reports p on p.case_id = c.id
    where c.chain_id = w.chain_id and p.person_keys && array(select json_array_elements_text(w.keys)) and p.submitted_at > $2::timestamptz - w.days * interval '1 day'
  ) n group by 1, 3`

interface Context {
  readonly held: ReadonlyMap<string, Pick<HeldCase, 'chain_id'>>
  readonly rules: LinkingRules['escalations']
  readonly now: Date
}

/** Cases that reach a threshold, with all that they reach. */
export async function reachedThresholds(
  tx: Tx,
  totals: ReadonlyMap<string, CasePeople>,
  context: Context,
): Promise<Map<string, Escalation[]>> {
  const persons = await personCounts(tx, totals, context)
  return new Map(
    [...totals].flatMap(([caseId, { reports, people }]) => {
      const person = (days: number) => persons.get(`${caseId} ${days}`) ?? 0
      const found = escalationsOf(context.rules, { reports, people, person })
      return found.length === 0 ? [] : [[caseId, found] as const]
    }),
  )
}

/** Of the note that a case reaches no threshold any more: what was said before it can be reached again. */
export const repeatsOver = 'repeats-over'

/** Thresholds that were reached now, by case: those said before are left out. */
export async function newEscalations(
  tx: Tx,
  totals: ReadonlyMap<string, CasePeople>,
  context: Context,
): Promise<Map<string, Escalation[]>> {
  const reached = await reachedThresholds(tx, totals, context)
  if (reached.size === 0) return new Map()
  const said = await tx<{ case_id: string; event_id: string; over: boolean }[]>`
    select case_id, event_id, type = 'noted' as over from case_events
    where case_id = any(${[...reached.keys()]}::uuid[]) and caller = 'gateway'
      and (type = 'escalated' or type = 'noted' and content->>'reasonCode' = ${repeatsOver})`
  const known = new Set(said.map((row) => `${row.case_id} ${row.event_id}`))
  return new Map(
    [...reached].map(([caseId, found]) => {
      const rounds = said.filter((row) => row.over && row.case_id === caseId).length
      const anew = found.map((one) => (rounds === 0 ? one : { ...one, eventId: `${one.eventId}#${rounds}` }))
      return [caseId, anew.filter(({ eventId }) => !known.has(`${caseId} ${eventId}`))]
    }),
  )
}

async function personCounts(
  tx: Tx,
  totals: ReadonlyMap<string, CasePeople>,
  { held, rules, now }: Context,
): Promise<ReadonlyMap<string, number>> {
  const least = Math.min(...rules.person.map(({ reports }) => reports))
  const days = [...new Set(rules.person.map(({ withinDays }) => withinDays))]
  const wanted = [...totals].flatMap(([case_id, { spoke }]) => {
    const chain_id = held.get(case_id)?.chain_id ?? case_id
    // In a chain the earlier reports stand in other cases; else the case's own count says whether to look.
    return spoke
      .filter(({ reports }) => reports >= least || chain_id !== case_id)
      .flatMap(({ keys }) => days.map((day) => ({ case_id, chain_id, keys: [...keys], days: day })))
  })
  if (wanted.length === 0) return new Map()
  const rows = await tx.unsafe<{ case_id: string; reports: number; days: number }[]>(personInChain, [
    JSON.stringify(wanted),
    now.toISOString(),
  ])
  return new Map(rows.map((row) => [`${row.case_id} ${row.days}`, row.reports]))
}
