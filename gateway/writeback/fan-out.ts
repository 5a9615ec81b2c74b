/** Case events to deliveries: each event once for each party of its case, in order, in the party's own words. */
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { errorFields } from '../telemetry/logger.ts'
import {
  LARGE_CASES,
  MARK_FANNED_OUT,
  PARTIES_OF_CASES,
  PARTIES_ONWARDS,
  PENDING_EVENTS,
  TAKE_CASE,
  TAKE_CASES,
} from './fan-out-sql.ts'
import { giveOut } from './give-out.ts'
import { query } from './query.ts'
import type { CaseRow, EventRow, PartyRow } from './rows.ts'

const casesPerPass = 100
const beforeAll = '00000000-0000-0000-0000-000000000000'
/** A case of more parties gets its events in several transactions. */
const partiesAtOnce = 2_000

/**
 * Gives the events of up to a hundred cases to their parties, in one transaction. Where that fails, each case gets its own,
 * so that a case that cannot be worked holds up no other.
 */
export async function fanOutPass(deps: Deps): Promise<{ more: boolean }> {
  const taken: string[] = []
  try {
    const done = await fanOut(deps, { limit: casesPerPass, after: beforeAll, taken })
    return { more: done === casesPerPass }
  } catch (cause) {
    if (taken.length === 0) throw cause
    return { more: await fanOutSingly(deps, cause) }
  }
}

/** True while there may be more. Throws the batch's error where nothing works: then it is not one case's fault. */
async function fanOutSingly(deps: Deps, cause: unknown): Promise<boolean> {
  let after = beforeAll
  let worked = 0
  for (let failed = 0; worked < casesPerPass;) {
    const taken: string[] = []
    try {
      if ((await fanOut(deps, { limit: 1, after, taken })) === 0) return false
      worked += 1
    } catch (error) {
      failed += 1
      if (taken.length === 0 || (worked === 0 && failed === 10)) throw cause
      deps.log.error({ event: 'fan-out.failed', case: taken[0], ...errorFields(error) })
    }
    after = taken[0] ?? after
  }
  return true
}

/** How many cases were worked. `taken` tells their ids even where the transaction fails. */
async function fanOut(deps: Deps, take: { limit: number; after: string; taken: string[] }): Promise<number> {
  const done = await deps.db.transaction(async (tx) => {
    const cases = await query<CaseRow>(tx, TAKE_CASES, [take.limit, take.after])
    if (cases.length === 0) return { cases: 0, deliveries: 0, large: [] }
    const ids = cases.map((row) => row.id)
    take.taken.push(...ids)
    const large = (await query<{ case_id: string }>(tx, LARGE_CASES, [ids, partiesAtOnce])).map(
      ({ case_id }) => case_id,
    )
    const others = cases.filter(({ id }) => !large.includes(id))
    return { cases: cases.length, deliveries: await giveToAll(tx, deps, others), large }
  })
  announce(deps, done.deliveries)
  for (const caseId of done.large) await fanOutLarge(deps, caseId)
  if (done.cases > 0) deps.killPoint('writeback.after-fan-out')
  return done.cases
}

function announce(deps: Deps, deliveries: number): void {
  if (deliveries === 0) return
  deps.metrics.batchRows.observe({ stage: 'fan-out' }, deliveries)
  deps.signals.wake('delivery')
}

/** Every pending event to every party of these cases. How many deliveries were made. */
async function giveToAll(tx: Tx, deps: Deps, cases: readonly CaseRow[]): Promise<number> {
  if (cases.length === 0) return 0
  const ids = cases.map((row) => row.id)
  const pending = await query<EventRow>(tx, PENDING_EVENTS, [ids])
  const parties = await query<PartyRow>(tx, PARTIES_OF_CASES, [ids])
  const made = await giveOut(tx, deps, { cases, pending, parties, crowded: crowdedCases(parties) })
  await markFannedOut(tx, deps, pending)
  return made
}

async function markFannedOut(tx: Tx, deps: Deps, pending: readonly EventRow[]): Promise<void> {
  await query(tx, MARK_FANNED_OUT, [pending.map(({ id }) => id), deps.now().toISOString()])
}

/** In a case of more sources, what one of them said leaves no skipped row at each of the others: those grow by the square. */
const manySources = 50

function crowdedCases(parties: readonly PartyRow[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const { case_id } of parties) counts.set(case_id, (counts.get(case_id) ?? 0) + 1)
  return new Set([...counts].flatMap(([caseId, count]) => (count > manySources ? [caseId] : [])))
}

/**
 * The events that pend now to the parties in the order of their ids, so many in one transaction; the events are done with the last
 * of them. A process that dies on the way, or another gateway that does the same, repeats what is there already: that is harmless.
 */
async function fanOutLarge(deps: Deps, caseId: string): Promise<void> {
  let events: ReadonlySet<string> | undefined
  for (let after: string | undefined = beforeAll; after !== undefined;) {
    const from: string = after
    const part = await deps.db.transaction(async (tx) => {
      const cases = await query<CaseRow>(tx, TAKE_CASE, [caseId])
      const unsaid = await query<EventRow>(tx, PENDING_EVENTS, [[caseId]])
      const pending = unsaid.filter(({ id }) => events === undefined || events.has(id))
      if (pending.length === 0) return { pending, made: 0, last: undefined }
      const parties = await query<PartyRow>(tx, PARTIES_ONWARDS, [caseId, from, partiesAtOnce])
      const made = await giveOut(tx, deps, { cases, pending, parties, crowded: new Set([caseId]) })
      if (parties.length < partiesAtOnce) await markFannedOut(tx, deps, pending)
      return { pending, made, last: parties.length < partiesAtOnce ? undefined : parties.at(-1)?.id }
    })
    announce(deps, part.made)
    events ??= new Set(part.pending.map(({ id }) => id))
    after = part.last
  }
}
