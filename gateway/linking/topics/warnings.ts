/** Warnings 预警 of topics 热点 that grow unusually: one open for each kind, ended when it is over. */
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { dayMs, readTopicDays, type TopicReport } from './days.ts'
import {
  firstHistoryDay,
  isOver,
  measure,
  unusualOf,
  usualOf,
  type Unusual,
  type WarningKind,
} from './measure.ts'
import type { Usual } from './rising.ts'

const keptReports = 100

/** What stands behind a warning, as it was raised. */
export interface WarningFigures {
  readonly window: 'day' | 'week'
  readonly count: number
  readonly expected: number
  readonly chance: number
  readonly channels: readonly string[]
  /** The newest reports of the window, at most a hundred. */
  readonly reports: readonly string[]
}

/** Of all topics' last eight weeks: the days that there are, by weekday, and for how many days topics have been watched. */
export async function readUsual(sql: Tx | Deps['db']['sql'], now: Date): Promise<Usual> {
  const from = firstHistoryDay(now)
  const [rows, [watched]] = await Promise.all([
    sql<{ weekday: number; reports: number }[]>`
      select extract(dow from day)::int as weekday, sum(reports)::int as reports from topic_days where day >= ${from}::date group by 1`,
    sql<{ days: number | null }[]>`
      select sum(extract(epoch from ${now}::timestamptz - greatest(opened_at, ${from}::date)) / 86400)::float8 as days
      from topics where last_at >= ${from}::date`,
  ])
  return usualOf(rows, Math.max(0, watched?.days ?? 0))
}

interface TopicRow {
  readonly id: string
  readonly opened_at: Date
}

interface OpenWarning {
  readonly id: string
  readonly topic_id: string
  readonly kind: WarningKind
}

export interface Judged {
  readonly raised: readonly { readonly topic: string; readonly unusual: Unusual }[]
  readonly ended: readonly OpenWarning[]
}

/** Judges these topics by their days and newest reports. */
export async function judgeTopics(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId' | 'catalog'>,
  { topicIds, reports }: { topicIds: readonly string[]; reports: readonly TopicReport[] },
): Promise<Judged> {
  const now = deps.now()
  const [topics, days, open, usual] = await Promise.all([
    tx<TopicRow[]>`select id, opened_at from topics where id = any(${topicIds as string[]}::uuid[])`,
    readTopicDays(tx, topicIds, firstHistoryDay(now)),
    tx<OpenWarning[]>`
      select id, topic_id, kind from topic_warnings where topic_id = any(${topicIds as string[]}::uuid[]) and ended_at is null`,
    readUsual(tx, now),
  ])
  const daysOf = Map.groupBy(days, (day) => day.topic_id)
  const recentOf = Map.groupBy(reports, (report) => report.topic_id)
  const raised: { topic: string; unusual: Unusual }[] = []
  const ended: OpenWarning[] = []
  for (const { id, opened_at } of topics) {
    const recent = recentOf.get(id) ?? []
    const growth = measure({ openedAt: opened_at, days: daysOf.get(id) ?? [], recent }, { usual, now })
    const own = open.filter((warning) => warning.topic_id === id)
    ended.push(...own.filter(({ kind }) => isOver(kind, growth)))
    for (const unusual of unusualOf(growth, deps.catalog.codes.linking.topics))
      if (!own.some(({ kind }) => kind === unusual.kind)) raised.push({ topic: id, unusual })
  }
  await writeWarnings(tx, deps, { raised, ended, recentOf })
  return { raised, ended }
}

function figuresOf({ window, growth }: Unusual, recent: readonly TopicReport[], now: Date): WarningFigures {
  const ms = window === 'day' ? dayMs : 7 * dayMs
  const behind = recent.filter(({ submitted_at }) => now.getTime() - submitted_at.getTime() < ms)
  return {
    window,
    count: growth.count,
    expected: Number(growth.expected.toFixed(2)),
    chance: growth.chance,
    channels: [...new Set(behind.map(({ channel_id }) => channel_id))].toSorted(),
    reports: behind.slice(0, keptReports).map(({ id }) => id),
  }
}

async function writeWarnings(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  { raised, ended, recentOf }: Judged & { recentOf: ReadonlyMap<string, readonly TopicReport[]> },
): Promise<void> {
  const now = deps.now()
  if (ended.length > 0)
    await tx`update topic_warnings set ended_at = ${now} where id = any(${ended.map(({ id }) => id)}::uuid[])`
  if (raised.length === 0) return
  const rows = raised.map(({ topic, unusual }) => ({
    id: deps.newId(),
    topic_id: topic,
    kind: unusual.kind,
    figures: figuresOf(unusual, recentOf.get(topic) ?? [], now),
  }))
  await tx`
    insert into topic_warnings (id, topic_id, kind, raised_at, figures)
    select id, topic_id, kind, ${now}, figures from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, topic_id uuid, kind text, figures jsonb)
    on conflict (topic_id, kind) where ended_at is null do nothing`
}
