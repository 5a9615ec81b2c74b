/** Topics 热点: other victims of one subject in one area are grouped, watched and warned about, and never merged. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Topic, TopicRow, TopicWarningRow } from '../../gateway/linking/topics/answers.ts'
import { order, until, type House } from '../support/house.ts'
import { startThreeChannels } from '../support/two-hotlines.ts'

const execute = promisify(execFile)
let house: House
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ house, stop } = await startThreeChannels())
})
afterAll(async () => {
  await stop()
})

const shanghai = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
})
const roads = Array.from('翠云锦梧枫桂榕柏松兰荷莲', (sign) => `${sign}湾路`)
let made = 0

/** A dark street lamp on a road of its own. */
async function lampOut(channel: string, road: string, other: object = {}): Promise<string> {
  const number = `L${++made}`
  await house.accepted(channel, {
    ...order(),
    order_no: number,
    msg_id: `M${number}`,
    title: `${road}路灯不亮`,
    content: `${road}${made}号门前的路灯已经黑了好几天，请派人维修。`,
    category: '0231',
    street_code: '02',
    address: `${road}${made}号`,
    caller: { phone: `136${String(10_000_000 + made)}` },
    event_time: shanghai.format(new Date()),
    ...other,
  })
  return await house.caseOf(channel, number)
}

const read = async <T>(path: string): Promise<T> => (await (await house.admin(path)).json()) as T
const topics = async () => (await read<{ items: TopicRow[] }>('/topics')).items
const warnings = async (query = '') =>
  (await read<{ items: TopicWarningRow[] }>(`/topic-warnings${query}`)).items

test('cases of one subject in one area are one topic, and stay cases of their own', async () => {
  const numbers = [await lampOut('hotline-a', '梅洲路'), await lampOut('hotline-b', '杏浦路')]
  await lampOut('hotline-a', '桃浦路', { street_code: '03' })
  await lampOut('hotline-a', '梅洲路', {
    category: '0221',
    title: '梅洲路路面坑洼',
    content: '梅洲路中段路面有一个大坑。',
  })

  const topic = await until('the topic is listed', async () =>
    (await topics()).find(({ area }) => area === '990100002'),
  )
  const shown = await read<Topic>(`/topics/${topic.id}`)

  expect(new Set(numbers).size).toBe(2)
  expect(topic).toMatchObject({ name: '云杉街道 照明排水', category: '0203', cases: 2 })
  expect(shown.cases.map(({ number }) => number).toSorted()).toEqual(numbers.toSorted())
  expect(shown.reports).toHaveLength(2)
  expect(shown.days).toHaveLength(60)
})

test('a topic that grows unusually is warned about once for each kind, with the reports behind it', async () => {
  await Promise.all(
    roads.map((road, n) => lampOut(['hotline-a', 'hotline-b', 'hotline-c'][n % 3] ?? '', road)),
  )

  const found = await until('two warnings', async () => {
    const open = await warnings('?open=true')
    return open.length === 2 ? open : undefined
  })
  const topic = found[0]?.topic ?? ''
  for (const road of ['柳湾路', '桐湾路']) await lampOut('hotline-a', road)
  const grown = await until('the later reports are counted', async () => {
    const shown = await read<Topic>(`/topics/${topic}`)
    return shown.days.at(-1)?.reports === 16 ? shown : undefined
  })

  expect(found.map(({ kind }) => kind).toSorted()).toEqual(['people', 'trend'])
  const trend = found.find(({ kind }) => kind === 'trend')
  expect(trend?.count).toBeGreaterThanOrEqual(6)
  expect(trend?.reports.length).toBe(trend?.count)
  expect(grown.warnings).toHaveLength(2)
  expect(grown.topic.rising).toBeGreaterThan(4)
  const [first] = await topics()
  expect(first?.id).toBe(topic)
  expect(house.log.filter((line) => line.includes('"topic.rising"'))).toHaveLength(2)
  const metrics = await (await fetch(`${house.gateway.url}/metrics`)).text()
  expect(metrics).toContain('guiyi_topic_warnings')
})

test('a clerk acknowledges a warning; who did so first stands', async () => {
  const [warning] = await warnings()

  const answer = await house.admin(`/topic-warnings/${warning?.id ?? ''}/acknowledge`, { clerk: 'C-07' })
  await house.admin(`/topic-warnings/${warning?.id ?? ''}/acknowledge`, { clerk: 'C-09' })

  expect(answer.status).toBe(200)
  expect((await warnings()).find(({ id }) => id === warning?.id)?.acknowledgedBy).toBe('clerk:C-07')
  expect((await house.admin('/topic-warnings/none/acknowledge', { clerk: 'C-07' })).status).toBe(404)
  expect((await house.admin('/topics/none')).status).toBe(404)
})

test('the commands draw a topic by day and list its warnings', async () => {
  const [topic] = await topics()
  const cli = fileURLToPath(new URL('../../gateway/cli.ts', import.meta.url))
  const run = async (...args: string[]) => {
    const { stdout } = await execute(process.execPath, [cli, 'topic', ...args], {
      env: { ...process.env, ...house.environment },
    })
    return stdout
  }

  const [shown, warned] = await Promise.all([run('show', topic?.id ?? ''), run('warnings', '--open')])

  expect(shown).toContain('云杉街道 照明排水')
  expect(shown).toMatch(/\d{4}-\d{2}-\d{2} {4}16 {2}█{40}\n/)
  expect(shown).toContain('Reports of the last seven days')
  expect(warned).toContain('趋势')
})
