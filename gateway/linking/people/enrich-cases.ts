/** What a batch does to its cases beside joining them, in the linker's transaction: people, new facts, repeats, bursts, topics. */
import type { Deps } from '../../deps.ts'
import type { NewEventRow } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import { keepTopics } from '../topics/keep-topics.ts'
import { openBursts, type OpenedUmbrella } from '../umbrella/burst.ts'
import { umbrellaNote } from '../umbrella/write.ts'
import { newEscalations, type Escalation } from './escalations.ts'
import { keepPeople, type CasePeople } from './keep-people.ts'
import type { HeldCase, LinkedReport } from './linked.ts'
import { ownEvent } from './own-event.ts'
import { addTags, relationsOf, relationTags } from './relations.ts'
import { supplementCases, supplementedEvent, type Supplement } from './supplement.ts'

/** The events that cases begin with whose follow-up reopened them. */
export function reopenedEvents(
  deps: Pick<Deps, 'now' | 'newId'>,
  reopened: ReadonlyMap<string, LinkedReport>,
  held: ReadonlyMap<string, HeldCase>,
): NewEventRow[] {
  return [...reopened].flatMap(([caseId, { row }]) => {
    const found = held.get(caseId)
    if (found === undefined) return []
    return [
      ownEvent(deps, found, {
        type: 'reopened',
        eventId: `reopened:${row.id}`,
        content: {
          report: row.id,
          reasonCode: 'follow-up',
          internalNote: '结案后再次反映同一事项，案件重新办理。',
        },
      }),
    ]
  })
}

/** What the batch came to in its cases. */
interface Found {
  readonly totals: ReadonlyMap<string, CasePeople>
  readonly supplements: readonly Supplement[]
  readonly escalations: ReadonlyMap<string, readonly Escalation[]>
  readonly relations: ReadonlyMap<string, readonly string[]>
  readonly umbrellas: readonly OpenedUmbrella[]
}

/**
 * The batch is linked in this transaction, and the rows of its cases are held. Returns the events to append, in order. One
 * statement after the other: one that went on beside another's failure would be written after the transaction was undone.
 */
export async function enrichCases(
  tx: Tx,
  deps: Deps,
  { batch, held }: { batch: readonly LinkedReport[]; held: ReadonlyMap<string, HeldCase> },
): Promise<NewEventRow[]> {
  const rules = deps.catalog.codes.linking
  const totals = await keepPeople(tx, batch)
  const supplements = await supplementCases(tx, batch, held)
  const escalations = await newEscalations(tx, totals, { held, rules: rules.escalations, now: deps.now() })
  const relations = await relationsOf(tx, totals, (caseId) => held.get(caseId)?.tags ?? [])
  const busy = [...totals].flatMap(([caseId, { reports, people }]) =>
    reports >= rules.umbrella.reports && people >= rules.umbrella.people ? [caseId] : [],
  )
  const umbrellas = await openBursts(tx, deps, { busy, rules: rules.umbrella })
  const found = { totals, supplements, escalations, relations, umbrellas }
  await addTags(tx, tagsOf(found, held))
  await keepTopics(tx, deps, { batch, held })
  for (const { number } of umbrellas)
    deps.log.info({ event: 'umbrella.opened', case: number, principal: 'gateway' })
  return eventsOf(found).flatMap(({ caseId, ...event }) => {
    const known = held.get(caseId)
    return known === undefined ? [] : [ownEvent(deps, known, event)]
  })
}

/** Those that a case has not yet. */
function tagsOf(found: Found, held: ReadonlyMap<string, HeldCase>): Map<string, string[]> {
  const under = new Set(found.umbrellas.map(({ caseId }) => caseId))
  return new Map(
    [...found.totals.keys()].map((caseId) => {
      const earned = [
        ...(found.relations.get(caseId) ?? []),
        ...((found.escalations.get(caseId) ?? []).length > 0 ? [relationTags.repeated] : []),
        ...(under.has(caseId) ? [relationTags.umbrella] : []),
      ]
      return [caseId, earned.filter((tag) => held.get(caseId)?.tags.includes(tag) !== true)]
    }),
  )
}

type Made = { readonly caseId: string } & Parameters<typeof ownEvent>[2]

function eventsOf({ supplements, escalations, umbrellas }: Found): Made[] {
  return [
    ...supplements.map((made): Made => ({ caseId: made.caseId, ...supplementedEvent(made) })),
    ...[...escalations].flatMap(([caseId, own]) =>
      own.map(({ eventId, reasonCode, internalNote }): Made => ({
        caseId,
        type: 'escalated',
        eventId,
        content: { reasonCode, internalNote },
      })),
    ),
    ...umbrellas.map(({ caseId, rule, until }): Made => ({
      caseId,
      type: 'noted',
      eventId: `umbrella-opened:${until.toISOString()}`,
      content: { reasonCode: 'umbrella-opened', internalNote: umbrellaNote({ rule, until }) },
    })),
  ]
}
