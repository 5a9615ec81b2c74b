/**
 * `npm run bench dry-run`: a draft over 10,000 stored receipts, on a real database, beside the published mapping; and how long
 * the process's event loop was held by it. Last line: one JSON object.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { mergeChannelText, readChannelText } from '../../gateway/catalog/channel-text.ts'
import { setInText } from '../../gateway/catalog/edit-text.ts'
import { dryRun } from '../../gateway/catalog/trial/dry-run.ts'
import { readVersion } from '../../gateway/catalog/versions.ts'
import { readConfig } from '../../gateway/config/config.ts'
import { createIntake } from '../../gateway/intake/receive.ts'
import { openDeps } from '../../gateway/main.ts'

const receipts = 10_000
const rounds = 3

const folder = mkdtempSync(join(tmpdir(), 'guiyi-dry-run-'))
mkdirSync(join(folder, 'channels'))
const file = `channel: bench
platform: hotline-12345
name: { zh: 压测热线 }
state: live
feeds: { push: { settings: { authentication: { secret: { secret: bench } } } } }
reverse: { manual: true }
`
writeFileSync(join(folder, 'channels/bench.yaml'), file)
mkdirSync(join(folder, 'secrets'))
writeFileSync(join(folder, 'secrets/bench'), randomBytes(24).toString('base64url'))
const config = readConfig({
  GUIYI_VAR: folder,
  GUIYI_CHANNELS: join(folder, 'channels'),
  GUIYI_SECRETS_DIR: join(folder, 'secrets'),
  GUIYI_LOG_LEVEL: 'error',
})

/** A work order of 25 fields; each twentieth has a code that no table lists. */
const orderOf = (n: number) => ({
  msg_type: 'ORDER',
  msg_id: `M${n}`,
  order_no: `G2026${String(n).padStart(9, '0')}`,
  flow_id: `F${n}`,
  order_type: '3',
  title: `翠溪路${n}号路灯不亮`,
  content: `翠溪路${n}号门前照明设施整晚熄灭，夜间出行不便，请尽快安排人员到现场查看并维修。`,
  category: n % 20 === 0 ? '7777' : '0231',
  event_time: '2026-11-20 09:30:00',
  urgency: '1',
  address: `翠溪路${n}号`,
  caller: { name: '王小明', phone: '13800001000' },
  is_secret: '0',
})

const { deps, close } = await openDeps(config, { takeFiles: true })
try {
  const live = deps.catalog.channel('bench')
  const intake = createIntake(deps)
  const feed = live.feeds.get('push')
  if (feed === undefined) throw new Error('The channel has no feed "push".')
  for (let from = 0; from < receipts; from += 500) {
    await Promise.all(
      Array.from({ length: 500 }, async (_, n) => {
        const bytes = Buffer.from(JSON.stringify(orderOf(from + n)))
        const headers = { 'content-type': 'application/json' }
        const payload = { bytes, headers, method: 'POST', url: '/', receivedAt: new Date() }
        await intake.receive({ channel: live, feed, payload, principal: { name: 'bench' } })
      }),
    )
    process.stderr.write(`\r${from + 500} receipts stored`)
  }
  process.stderr.write('\n')
  const { text } = await readVersion(deps.db.sql, live.id, 'published')
  const changed = setInText(text, ['codes', 'category', 'table', '7777'], '990101')
  const draft = deps.catalog.trial(mergeChannelText(readChannelText(changed, 'draft'), deps.catalog))
  const seconds: number[] = []
  const delay = monitorEventLoopDelay({ resolution: 1 })
  for (const selection of ['latest', 'random'] as const)
    for (let round = 0; round < rounds; round++) {
      delay.enable()
      const run = await dryRun(deps, { live, draft, selection, count: receipts, show: 100 })
      delay.disable()
      if (run.records !== receipts || run.newlyPass !== receipts / 20)
        throw new Error(`The dry run found something else: ${JSON.stringify({ ...run, shown: [] })}`)
      seconds.push(run.durationMs / 1000)
      console.log(`${selection.padEnd(8)} ${receipts} receipts in ${(run.durationMs / 1000).toFixed(2)} s`)
    }
  const median = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? 0
  console.log(
    JSON.stringify({
      receipts,
      seconds: Number(median.toFixed(2)),
      receipts_per_s: Math.round(receipts / median),
      loop_delay_p99_ms: Number((delay.percentile(99) / 1e6).toFixed(1)),
      loop_delay_max_ms: Number((delay.max / 1e6).toFixed(1)),
    }),
  )
} finally {
  await close()
  rmSync(folder, { recursive: true, force: true })
}
