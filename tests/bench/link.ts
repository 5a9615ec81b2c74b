/**
 * From acknowledgement to case: p95 at 50 reports/s with 20,000 stored cases. The gateway runs in a process of its own on a
 * real, durable PostgreSQL; this process pushes signed reports and looks when each has its case.
 *
 *   npm run bench link -- [--cases 20000] [--rate 50] [--seconds 30]
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { signedHeaders } from '../../adapters/credentials/signature.ts'
import { startEmbeddedPostgres } from '../../gateway/store/embedded-postgres.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '20000' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '30' },
  },
})
/** About every thirteenth report of these joins an earlier one. */
const storedReports = Math.ceil(Number(values.cases) * 1.08)
const ratePerS = Number(values.rate)
const seconds = Number(values.seconds)
const secret = randomBytes(24).toString('base64url')
const channel = 'bench-hotline'

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T
const syllables = Array.from('安柏昌东恩枫光海金锦康兰梅宁平青荣泰文祥兴义永云正中竹紫')
const roadEnds = ['路', '街', '大道', '巷']
const siteEnds = ['花园', '小区', '家园', '公寓', '新村', '广场']
const matters: readonly (readonly [string, string, string])[] = [
  ['0231', '路灯不亮', '晚上一片漆黑，老人走路很不安全，已经持续一周，请安排人员检修'],
  ['0111', '垃圾堆放无人清运', '生活垃圾堆成小山，苍蝇很多，气味刺鼻，希望环卫部门尽快清理'],
  ['0311', '夜间施工噪音扰民', '工地每天凌晨还在打桩，全家无法休息，物业劝阻无效，请执法部门处理'],
  ['0221', '路面坑洼', '车行道有多处深坑，下雨天积水看不清，电动车经常摔倒，请修补'],
  ['0531', '违停堵塞消防通道', '货车长期占用通道，救护车进不来，多次报警仍然反复，请长期整治'],
  ['0611', '物业服务差', '电梯经常停运，门禁坏了三个月没人修，却照样收物业费，请协调'],
  ['0711', '突然停水', '没有任何通知就停水，已经十几个小时，家里有婴儿，请告知恢复时间'],
  ['0811', '餐馆油烟直排', '楼下餐馆油烟直接排到住户窗口，衣服都不敢晾，请环保部门检查'],
]

const clauses = [...Array(400).keys()].map((n) => {
  const seen = pick(
    [
      '每天早上',
      '下班以后',
      '周末两天',
      '深夜时分',
      '雨天过后',
      '最近半月',
      '从上个月起',
      '孩子上学时',
      '买菜路上',
      '刚搬来时',
    ],
    n * 3 + 1,
  )
  const who = pick(
    [
      '租户',
      '业主',
      '老人',
      '学生',
      '店主',
      '保安',
      '清洁工',
      '外卖员',
      '邻居',
      '家长',
      '司机',
      '游客',
      '护士',
    ],
    n * 5 + 2,
  )
  const what = pick(
    [
      '都要绕行很远',
      '多次反映没有回复',
      '差点在此摔伤',
      '拍了照片留存',
      '要求公开处理结果',
      '担心引发事故',
      '觉得影响市容',
      '已经找过居委会',
      '希望给个期限',
      '愿意现场指认',
      '听说去年修过一次',
      '发现比以前更严重',
    ],
    n * 7 + 3,
  )
  return `${seen}${who}${what}`
})

/** A report about a matter at a place, in words of its own; places repeat about as often as in a district. */
function reportOf(n: number): { order_no: string; body: string } {
  const a = n * 7919 + 13
  const road = `${pick(syllables, a)}${pick(syllables, Math.floor(a / 28))}${pick(roadEnds, Math.floor(a / 784))}`
  const site = `${pick(syllables, a * 3 + 5)}${pick(syllables, Math.floor(a / 11))}${pick(siteEnds, Math.floor(a / 17))}`
  const [category, title, content] = pick(matters, Math.floor(a / 3))
  const order_no = `B${n}`
  const body = JSON.stringify({
    msg_type: 'ORDER',
    msg_id: `M${n}`,
    order_no,
    order_type: '3',
    category,
    title: `${road}${site}${title}`,
    content: `市民来电反映${road}${site}附近${title}，${[1, 2, 3, 4].map((k) => pick(clauses, Math.floor(a / (k * 3)) + k * n)).join('，')}，${content}。`,
    event_time: '2026-11-20 09:30:00',
    urgency: '1',
    address: `${road}${(n % 300) + 1}号${site}`,
    caller: { name: '市民', phone: `139${String(10_000_000 + (n % 90_000_000))}` },
    is_secret: '0',
    longitude: 114.3 + (a % 2000) / 20_000,
    latitude: 22.6 + (a % 1733) / 20_000,
    coord_type: '4',
  })
  return { order_no, body }
}

async function startGateway(env: NodeJS.ProcessEnv): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../gateway/cli.ts'), 'serve'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /ready at (\S+)/.exec(line)?.[1]
    if (url !== undefined) return { url, child }
  }
  throw new Error('The gateway did not start.')
}

async function push(url: string, path: string, body: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    ...signedHeaders(secret, { method: 'POST', url: path, body, nonce: randomUUID(), at: new Date() }),
  }
  const answer = await fetch(`${url}${path}`, { method: 'POST', body, headers })
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}

async function seed(url: string, sql: postgres.Sql): Promise<void> {
  const size = 200
  for (let from = 0; from < storedReports; from += size) {
    const bodies = Array.from(
      { length: Math.min(size, storedReports - from) },
      (_, index) => reportOf(from + index).body,
    )
    await push(url, `/v1/channels/${channel}/reports:batch`, `[${bodies.join(',')}]`)
    if ((from / size) % 20 === 19) console.error(`stored ${from + size} of ${storedReports} reports`)
  }
  for (;;) {
    const [row] = await sql<{ n: number }[]>`select count(*)::int as n from reports where case_id is null`
    if (row?.n === 0) break
    console.error(`${row?.n} wait for linking`)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
  }
  await sql`analyze`
}

const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0

/** Pushes at the rate and watches for the case of each; milliseconds from acknowledgement to the case being readable. */
async function measure(url: string, sql: postgres.Sql): Promise<number[]> {
  const acknowledged = new Map<string, number>()
  const lags: number[] = []
  const total = ratePerS * seconds
  let sent = 0
  let failed: unknown
  const watch = (async () => {
    while (lags.length < total && failed === undefined) {
      const waiting = [...acknowledged.keys()]
      if (waiting.length > 0) {
        const linked = await sql<
          { external_id: string }[]
        >`select external_id from reports where channel_id = ${channel} and external_id = any(${waiting}) and case_id is not null`
        const now = performance.now()
        for (const { external_id } of linked) {
          lags.push(now - (acknowledged.get(external_id) ?? now))
          acknowledged.delete(external_id)
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  const startedAt = performance.now()
  while (sent < total) {
    const { order_no, body } = reportOf(storedReports + sent)
    sent += 1
    push(url, `/v1/channels/${channel}/reports`, body).then(
      () => acknowledged.set(order_no, performance.now()),
      (cause: unknown) => (failed = cause),
    )
    const due = startedAt + (sent * 1000) / ratePerS
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
  }
  await watch
  if (failed !== undefined) throw failed
  return lags.toSorted((a, b) => a - b)
}

const folder = mkdtempSync(join(tmpdir(), 'guiyi-bench-'))
mkdirSync(join(folder, 'channels'))
mkdirSync(join(folder, 'secrets'))
writeFileSync(join(folder, 'secrets', 'bench'), secret)
writeFileSync(
  join(folder, 'channels', `${channel}.yaml`),
  JSON.stringify({
    channel,
    platform: 'hotline-12345',
    name: { zh: '测速热线' },
    state: 'live',
    feeds: { push: { settings: { authentication: { secret: { secret: 'bench' } } } } },
    reverse: { manual: true, settings: { signing: { secret: { secret: 'bench' } } } },
  }),
)
const database = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined })
const sql = postgres(database.url, { max: 2, onnotice: () => undefined })
const { url, child } = await startGateway({
  DATABASE_URL: database.url,
  GUIYI_PORT: '0',
  GUIYI_VAR: folder,
  GUIYI_CHANNELS: join(folder, 'channels'),
  GUIYI_SECRETS_DIR: join(folder, 'secrets'),
  GUIYI_LOG_LEVEL: 'error',
})
try {
  const seedStartedAt = performance.now()
  await seed(url, sql)
  const seedS = (performance.now() - seedStartedAt) / 1000
  const [stored] = await sql<
    { cases: number; reports: number; keys: number }[]
  >`select (select count(*)::int from cases) as cases, (select count(*)::int from reports) as reports, (select count(*)::int from link_keys) as keys`
  const lags = await measure(url, sql)
  console.error(
    `stored before: ${stored?.cases} cases, ${stored?.reports} reports, ${stored?.keys} keys; stored and linked at ${Math.round(storedReports / seedS)} reports/s`,
  )
  const round = (ms: number) => Math.round(ms * 10) / 10
  console.log(
    JSON.stringify({
      p50_ms: round(quantile(lags, 0.5)),
      p95_ms: round(quantile(lags, 0.95)),
      max_ms: round(lags.at(-1) ?? 0),
      rate: ratePerS,
      reports: lags.length,
      stored_cases: stored?.cases,
      seed_per_s: Math.round(storedReports / seedS),
    }),
  )
} finally {
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  await sql.end()
  await database.stop()
  rmSync(folder, { recursive: true, force: true })
}
