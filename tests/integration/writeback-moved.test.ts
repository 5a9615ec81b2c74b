/** What sources are told whose reports a clerk moved, where deliveries stand in every state when it happens. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RESTATED } from '../../schemas/case.ts'
import { newId } from '../../gateway/store/ids.ts'
import { formerReasons } from '../../gateway/store/former-deliveries.ts'
import { fanOutPass } from '../../gateway/writeback/fan-out.ts'
import { createHouse, createScriptedPartner, type House } from '../support/writeback-house.ts'
import {
  seedCase,
  seedEvent,
  seedParty,
  statesOf,
  type SeededCase,
  type SeededParty,
} from '../support/writeback-seed.ts'

let house: House
beforeAll(async () => {
  house = await createHouse()
  house.channel('hotline', { partner: createScriptedPartner() })
})
afterAll(() => house.close())

/** As a clerk's act leaves it: the source goes from its case to another one, whose next event says so. */
async function move(
  source: SeededParty,
  { from, to, as }: { from: SeededCase; to: SeededCase; as: 'merged' | 'split' },
): Promise<void> {
  const { deps } = house
  const { sql } = deps.db
  house.advance(1_000)
  const at = deps.now().toISOString()
  const reportId = source.reportId ?? ''
  await sql`update parties set left_at = ${at} where case_id = ${from.id} and report_id = ${reportId}`
  await sql`
    update deliveries set state = 'superseded', reason = ${formerReasons.takenOut}
    where case_id = ${from.id} and report_id = ${reportId} and state in ('waiting', 'blocked', 'task')`
  await sql`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    values (${newId()}, ${to.id}, 'source', 'hotline', ${reportId}, ${to.sequence + 1}, ${at})
    on conflict (case_id, report_id) do update set left_at = null, joined_sequence = excluded.joined_sequence`
  await sql`
    insert into case_moves (id, kind, from_case_id, to_case_id, reports, before, caller, event_id, decided_by, at)
    values (${newId()}, 'merge', ${from.id}, ${to.id}, array[${reportId}]::uuid[], '{}', 'test', ${newId()}, 'clerk:C-1', ${at})`
  await seedEvent(deps, to, as)
}

const partyIn = async (of: SeededCase, { reportId }: SeededParty): Promise<{ id: string }> => {
  const [row] = await house.deps.db.sql<{ id: string }[]>`
    select id from parties where case_id = ${of.id} and report_id = ${reportId}`
  return { id: row?.id ?? '' }
}

test('news that was not given out yet when the report went is not its news any more', async () => {
  const { deps } = house
  const [from, to] = [await seedCase(deps), await seedCase(deps)]
  const source = await seedParty(deps, from, { channel: 'hotline' })
  await seedEvent(deps, from, 'registered')

  await move(source, { from, to, as: 'merged' })
  await fanOutPass(deps)

  expect(await statesOf(deps, source)).toEqual(['registered:superseded'])
  expect(await statesOf(deps, await partyIn(to, source))).toEqual(['merged:waiting'])
})

test('an acceptance that was not told before a source went is owed to it when it comes back, and told once', async () => {
  const { deps } = house
  const [own, other] = [await seedCase(deps), await seedCase(deps)]
  const source = await seedParty(deps, own, { channel: 'hotline' })
  await seedEvent(deps, own, 'registered')
  await seedEvent(deps, own, 'dispatched')
  await fanOutPass(deps)
  await move(source, { from: own, to: other, as: 'merged' })
  await fanOutPass(deps)
  expect(await statesOf(deps, source)).toEqual(['registered:superseded', 'dispatched:superseded'])

  await move(source, { from: other, to: own, as: 'split' })
  await seedEvent(deps, own, 'returned', { content: { reasonCode: 'merge-undone' } })
  await fanOutPass(deps)

  expect(await statesOf(deps, source)).toEqual([
    'dispatched:superseded',
    'split:waiting',
    'registered:waiting',
    'returned:waiting',
  ])
})

test('what is on its way, and may arrive, counts as told', async () => {
  const { deps } = house
  const [from, to] = [await seedCase(deps), await seedCase(deps)]
  const source = await seedParty(deps, from, { channel: 'hotline' })
  await seedEvent(deps, from, 'registered')
  await seedEvent(deps, to, 'registered')
  await seedEvent(deps, to, 'dispatched')
  await fanOutPass(deps)
  await deps.db.sql`update deliveries set state = 'uncertain' where party_id = ${source.id}`

  await move(source, { from, to, as: 'merged' })
  await fanOutPass(deps)

  expect(await statesOf(deps, await partyIn(to, source))).toEqual(['merged:waiting', 'dispatched:waiting'])
})

test('a dead acceptance was not told: that of the other case is', async () => {
  const { deps } = house
  const [from, to] = [await seedCase(deps), await seedCase(deps)]
  const source = await seedParty(deps, from, { channel: 'hotline' })
  await seedEvent(deps, from, 'registered')
  await seedEvent(deps, to, 'registered')
  await fanOutPass(deps)
  await deps.db.sql`update deliveries set state = 'dead' where party_id = ${source.id}`

  await move(source, { from, to, as: 'merged' })
  await fanOutPass(deps)

  expect(await statesOf(deps, await partyIn(to, source))).toEqual(['merged:waiting', 'registered:waiting'])
})

test('who was there hears neither that others came nor the state that is said to them', async () => {
  const { deps } = house
  const [from, to] = [await seedCase(deps), await seedCase(deps)]
  const source = await seedParty(deps, from, { channel: 'hotline' })
  const there = await seedParty(deps, to, { channel: 'hotline' })
  await seedEvent(deps, to, 'registered')
  await fanOutPass(deps)

  await move(source, { from, to, as: 'merged' })
  await seedEvent(deps, to, 'registered', { content: { reasonCode: RESTATED } })
  await fanOutPass(deps)

  expect(await statesOf(deps, there)).toEqual(['registered:waiting', 'merged:skipped', 'registered:skipped'])
  expect(await statesOf(deps, await partyIn(to, source))).toEqual(['merged:waiting', 'registered:waiting'])
})
