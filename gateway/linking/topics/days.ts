/** What topics 热点 came to by day in Asia/Shanghai: read from their reports, kept in topic_days as their own history. */
import type { Tx, Sql } from '../../store/client.ts'
import { dayOf } from '../open-case.ts'
import { personsOf, unknownPerson } from '../people/persons.ts'

export const dayMs = 86_400_000
/** Days that are counted anew when a topic grows; what arrives later than this changes no history. */
export const recountedDays = 9
/** History that growth is measured by: eight weeks, and the seven days of the longest window. */
export const historyDays = 63
const mostReports = 50_000

export interface TopicReport {
  readonly topic_id: string
  readonly id: string
  readonly channel_id: string
  readonly person_keys: readonly string[]
  readonly submitted_at: Date
}

export interface TopicDay {
  readonly topic_id: string
  readonly day: string
  readonly reports: number
  readonly people: number
  readonly channels: readonly string[]
}

/** The newest reports of topics, by the cases that grew since. Served by topic_cases_topic and reports_case. */
export const reportsOfTopics = `
  select w.id as topic_id, p.id, p.channel_id, p.person_keys, p.submitted_at from unnest($1::uuid[]) as w(id)
  cross join lateral (select case_id from topic_cases where topic_id = w.id and at >= $2::timestamptz offset 0) t join reports p on p.case_id = t.case_id
  where p.submitted_at >= $2::timestamptz order by p.submitted_at desc limit ${mostReports}`

/** Served by topic_days' key. */
export const daysOfTopics = `
  select topic_id, day::text as day, reports, people, channels from topic_days
  where topic_id = any($1::uuid[]) and day >= $2::date order by topic_id, day`

export async function readTopicReports(
  sql: Sql | Tx,
  topicIds: readonly string[],
  since: Date,
): Promise<TopicReport[]> {
  return await sql.unsafe<TopicReport[]>(reportsOfTopics, [topicIds as never, since.toISOString()])
}

export async function readTopicDays(
  sql: Sql | Tx,
  topicIds: readonly string[],
  from: string,
): Promise<TopicDay[]> {
  return await sql.unsafe<TopicDay[]>(daysOfTopics, [topicIds as never, from])
}

/** Midnight in Asia/Shanghai, so many days before the day of `now`. No clock is moved there. */
export function midnightBefore(now: Date, days: number): Date {
  return new Date(Date.parse(`${dayOf(now)}T00:00:00+08:00`) - days * dayMs)
}

/** Known people among reports. */
export function peopleAmong(reports: readonly Pick<TopicReport, 'person_keys' | 'submitted_at'>[]): number {
  return personsOf(
    reports.map(({ person_keys, submitted_at }) => ({ keys: person_keys, at: submitted_at, reports: 1 })),
  ).filter(({ key }) => key !== unknownPerson).length
}

/** Reports by topic and day. Pure. */
export function countDays(reports: readonly TopicReport[]): TopicDay[] {
  const groups = Map.groupBy(reports, ({ topic_id, submitted_at }) => `${topic_id} ${dayOf(submitted_at)}`)
  return [...groups].map(([key, own]) => {
    const [topic_id = '', day = ''] = key.split(' ')
    return {
      topic_id,
      day,
      reports: own.length,
      people: peopleAmong(own),
      channels: [...new Set(own.map(({ channel_id }) => channel_id))].toSorted(),
    }
  })
}

/**
 * The first day that these reports hold whole: where there were more than are read at once, the oldest day is cut off and what
 * was counted of it stands.
 */
export function firstWholeDay(reports: readonly TopicReport[], since: Date): string {
  const oldest = reports.at(-1)
  if (oldest === undefined || reports.length < mostReports) return dayOf(since)
  return dayOf(new Date(oldest.submitted_at.getTime() + dayMs))
}

/** Writes the days from `from` on; what was counted there before is replaced. */
export async function writeDays(
  tx: Tx,
  { topicIds, from, days }: { topicIds: readonly string[]; from: string; days: readonly TopicDay[] },
): Promise<void> {
  await tx`delete from topic_days where topic_id = any(${topicIds as string[]}::uuid[]) and day >= ${from}::date`
  await tx`
    insert into topic_days (topic_id, day, reports, people, channels)
    select topic_id, day, reports, people, array(select json_array_elements_text(channels))
    from json_to_recordset(${JSON.stringify(days.filter(({ day }) => day >= from))}::text::json) as r(topic_id uuid, day date, reports int, people int, channels json)
    on conflict (topic_id, day) do update set reports = excluded.reports, people = excluded.people, channels = excluded.channels`
}
