import { test } from 'vitest'
import { Session } from 'node:inspector/promises'
async function profile(label: string, work: () => Promise<void>) {
  const session = new Session(); session.connect()
  await session.post('Profiler.enable'); await session.post('Profiler.start')
  const cpu = process.cpuUsage()
  await work()
  const used = process.cpuUsage(cpu)
  const { profile } = await session.post('Profiler.stop')
  const self = new Map<string, number>()
  const byId = new Map(profile.nodes.map((n) => [n.id, n]))
  profile.samples?.forEach((id, i) => { const n = byId.get(id)!; const k = n.callFrame.functionName + ' ' + n.callFrame.url.split('/').slice(-2).join('/') + ':' + n.callFrame.lineNumber; self.set(k, (self.get(k) ?? 0) + (profile.timeDeltas?.[i] ?? 0)) })
  console.log(label, 'cpu ms', (used.user + used.system) / 1000, [...self].sort((a, b) => b[1] - a[1]).slice(0, 16).map(([k, v]) => Math.round(v / 1000) + ' ' + k).join('\n'))
  session.disconnect()
}
import { newId } from '../../gateway/store/ids.ts'
import { startWriteback } from '../../gateway/writeback/stage.ts'
import { fanOutPass } from '../../gateway/writeback/fan-out.ts'
import { createHouse, createScriptedPartner } from '../support/writeback-house.ts'
test('bench', async () => {
  const house = await createHouse()
  const { sql } = house.deps.db
  const partner = createScriptedPartner()
  for (let i = 0; i < 20; i++) house.channel(`channel-${i}`, { partner, deliveries: { concurrency: Number(process.env['CONC'] ?? 16) } })
  const n = 5000
  await sql`
    insert into cases (id, number, chain_id, state, sequence, kind, text, urgency, sensitive, confidential, tags, opened_at)
    select gen_random_uuid(), 'PS' || n, gen_random_uuid(), 'processing', 5, 'complaint', '', 'normal', false, false, '{}', now() from generate_series(1, ${n}) n`
  await sql`
    insert into parties (id, case_id, kind, channel_id, report_id, joined_sequence, joined_at)
    select gen_random_uuid(), id, 'source', 'channel-' || floor(random() * 20)::int, gen_random_uuid(), 0, now() from cases`
  await sql`
    insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at, case_id)
    select report_id, channel_id, id::text, 'push', 10, 1, '', '{}', '{}', false, now(), now(), case_id from parties`
  await sql`
    insert into case_events (id, case_id, sequence, type, caller, event_id, content_hash, actor, occurred_at, recorded_at, state_after, content)
    select gen_random_uuid(), c.id, n, case n when 1 then 'registered' else 'noted' end, 'test', n::text, '', '{}', now(), now(), 'processing', '{}'
    from cases c, generate_series(1, 2) n`
  await sql`analyze`
  let t = performance.now()
  await profile('fan-out', async () => { while ((await fanOutPass(house.deps)).more); })
  let ms = performance.now() - t
  await sql`analyze deliveries`
  console.log('fan-out', n * 2, 'deliveries', Math.round(ms), 'ms', Math.round(n * 2000 / ms), '/s')
  const claimMs: number[] = []
  const { CLAIM } = await import('../../gateway/writeback/claim-sql.ts')
  const chans = Array.from({ length: 20 }, (_, i) => `channel-${i}`)
  const explain = async () => console.log((await sql.unsafe('explain (analyze, buffers, costs off) ' + CLAIM, [chans, chans.map(() => 64), house.deps.now().toISOString(), 100, newId(), 30000, chans, Array.from({ length: 100 }, () => newId())] as never)).map((r) => r['QUERY PLAN']).join('\n'))
  await explain()
  await explain()
  await sql`update deliveries set state = 'waiting', due_at = ${house.deps.now().toISOString()}`
  await sql`update deliveries set state = 'blocked' where sequence = 1`
  const { claimDue } = await import('../../gateway/writeback/claim.ts')
  await explain()
  for (let i = 0; i < 8; i++) { t = performance.now(); await claimDue(house.deps, { limit: 100, leaseMs: 1000 }); claimMs.push(Math.round(performance.now() - t)) }
  console.log('claim with 5000 stuck', claimMs)
  await house.close()
}, 120_000)
