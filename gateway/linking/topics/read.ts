/** Topics 热点 as admins read them: sorted by how unusually they rise, with what stands behind each. */
import type { CaseState } from '../../../schemas/case.ts'
import type { Deps } from '../../deps.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { dayOf } from '../open-case.ts'
import type { Topic, TopicRow } from './answers.ts'
import {
  dayMs,
  peopleAmong,
  readTopicDays,
  readTopicReports,
  type TopicDay,
  type TopicReport,
} from './days.ts'
import { firstHistoryDay, measure, type WarningKind } from './measure.ts'
import { isId, listWarnings } from './warning-desk.ts'
import { readUsual } from './warnings.ts'
import type { Usual } from './rising.ts'

const shownDays = 60
const mostShown = 100
/** More topics grow in a week only where something is wrong with categories or areas. */
const mostMeasured = 5_000

interface Row {
  readonly id: string
  readonly name: string
  readonly category: string | null
  readonly area: string | null
  readonly opened_at: Date
  readonly last_at: Date
  readonly cases: number
  readonly warnings: WarningKind[]
}

/** Served by topics_last and topic_cases_topic. */
const topicRows = `
  select t.id, t.name, t.category, t.area, t.opened_at, t.last_at,
    (select count(*)::int from topic_cases c where c.topic_id = t.id) as cases,
    array(select w.kind from topic_warnings w where w.topic_id = t.id and w.ended_at is null order by w.kind) as warnings
  from topics t`

interface Measured {
  readonly usual: Usual
  readonly now: Date
  readonly daysOf: ReadonlyMap<string, readonly TopicDay[]>
  readonly recentOf: ReadonlyMap<string, readonly TopicReport[]>
}

async function readMeasures(deps: Pick<Deps, 'db' | 'now'>, ids: readonly string[]): Promise<Measured> {
  const now = deps.now()
  const { sql } = deps.db
  const [usual, days, recent] = await Promise.all([
    readUsual(sql, now),
    readTopicDays(sql, ids, firstHistoryDay(now)),
    readTopicReports(sql, ids, new Date(now.getTime() - 7 * dayMs)),
  ])
  const byTopic = <T extends { readonly topic_id: string }>(rows: readonly T[]) =>
    Map.groupBy(rows, (row) => row.topic_id)
  return { usual, now, daysOf: byTopic(days), recentOf: byTopic(recent) }
}

function topicOf(row: Row, { usual, now, daysOf, recentOf }: Measured): TopicRow {
  const recent = recentOf.get(row.id) ?? []
  const days = daysOf.get(row.id) ?? []
  const growth = measure({ openedAt: row.opened_at, days, recent }, { usual, now })
  return {
    id: row.id,
    name: row.name,
    ...(row.category === null ? {} : { category: row.category }),
    ...(row.area === null ? {} : { area: row.area }),
    openedAt: row.opened_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    rising: growth.rising,
    lastDay: growth.reports.day,
    lastWeek: growth.reports.week,
    people: peopleAmong(recent),
    channels: [...new Set(recent.map(({ channel_id }) => channel_id))].toSorted(),
    cases: row.cases,
    warnings: row.warnings,
  }
}

/** Those that grew within the days and hold more than one case, the most unusual growth first. */
export async function listTopics(
  deps: Pick<Deps, 'db' | 'now'>,
  { days, limit }: { days: number; limit: number },
): Promise<TopicRow[]> {
  const since = new Date(deps.now().getTime() - days * dayMs).toISOString()
  const rows = await deps.db.sql.unsafe<Row[]>(
    `${topicRows} where t.last_at > $1::timestamptz
      and exists (select 1 from topic_cases c where c.topic_id = t.id offset 1) order by t.last_at desc limit ${mostMeasured}`,
    [since],
  )
  const measured = await readMeasures(
    deps,
    rows.map(({ id }) => id),
  )
  return rows
    .map((row) => topicOf(row, measured))
    .toSorted((a, b) => b.rising - a.rising || b.lastWeek.count - a.lastWeek.count)
    .slice(0, limit)
}

/** One topic with its days, cases and reports. Throws `topic.unknown`. */
export async function readTopic(deps: Pick<Deps, 'db' | 'now'>, id: string): Promise<Topic> {
  const [row] = isId(id) ? await deps.db.sql.unsafe<Row[]>(`${topicRows} where t.id = $1::uuid`, [id]) : []
  if (row === undefined)
    throw new GatewayError('topic.unknown', `There is no topic ${id}. The list of topics shows their ids.`)
  const [measured, cases, reports, warnings] = await Promise.all([
    readMeasures(deps, [id]),
    readCasesOf(deps, id),
    readReportsOf(deps, id),
    listWarnings(deps, { topic: id, limit: mostShown, open: false }),
  ])
  return {
    topic: topicOf(row, measured),
    days: everyDay(measured.daysOf.get(id) ?? [], measured.now),
    cases,
    reports,
    warnings,
  }
}

async function readCasesOf({ db }: Pick<Deps, 'db'>, id: string): Promise<Topic['cases']> {
  const rows = await db.sql<
    { number: string; state: CaseState; title: string | null; opened_at: Date; reports: number }[]
  >`
    select c.number, c.state, c.title, c.opened_at, (select count(*)::int from reports p where p.case_id = c.id) as reports
    from topic_cases t join cases c on c.id = t.case_id where t.topic_id = ${id} order by t.at desc nulls last limit ${mostShown}`
  return rows.map(({ number, state, title, opened_at, reports }) => ({
    number,
    state,
    ...(title === null ? {} : { title }),
    openedAt: opened_at.toISOString(),
    reports,
  }))
}

async function readReportsOf({ db, now }: Pick<Deps, 'db' | 'now'>, id: string): Promise<Topic['reports']> {
  const since = new Date(now().getTime() - 7 * dayMs)
  const rows = await db.sql<
    {
      id: string
      number: string
      channel_id: string
      external_id: string
      submitted_at: Date
      title: string | null
    }[]
  >`
    select p.id, c.number, p.channel_id, p.external_id, p.submitted_at, p.working->>'title' as title
    from topic_cases t join cases c on c.id = t.case_id join reports p on p.case_id = c.id
    where t.topic_id = ${id} and t.at >= ${since} and p.submitted_at >= ${since} order by p.submitted_at desc limit ${mostShown}`
  return rows.map((row) => ({
    report: row.id,
    case: row.number,
    channel: row.channel_id,
    externalId: row.external_id,
    submittedAt: row.submitted_at.toISOString(),
    ...(row.title === null ? {} : { title: row.title }),
  }))
}

/** The last days, with those that brought nothing. */
function everyDay(days: readonly TopicDay[], now: Date): Topic['days'] {
  const known = new Map(days.map((day) => [day.day, day]))
  return Array.from({ length: shownDays }, (_, index) => {
    const day = dayOf(new Date(now.getTime() - (shownDays - 1 - index) * dayMs))
    const found = known.get(day)
    return {
      day,
      reports: found?.reports ?? 0,
      people: found?.people ?? 0,
      channels: [...(found?.channels ?? [])],
    }
  })
}
