import { describe, expect, test } from 'vitest'
import { loadReferenceCodes } from '../../mapping/reference.ts'
import { countDays, type TopicReport } from './days.ts'
import { isOver, measure, unusualOf, usualOf } from './measure.ts'
import { topicOf } from './subject.ts'

const codes = await loadReferenceCodes('mappings/codes')
const rules = codes.linking.topics
const now = new Date('2026-11-20T04:00:00Z')
const dayMs = 86_400_000
const usual = usualOf([], 0)
let made = 0

/** So many reports a day, from so many days ago on, each of a person and through a channel of `channels`. */
function reportsOf(fromDaysAgo: number, perDay: number, channels: readonly string[] = ['a']): TopicReport[] {
  return Array.from({ length: fromDaysAgo * perDay }, (_, n) => ({
    topic_id: 't',
    id: `r${++made}`,
    channel_id: channels[n % channels.length] ?? 'a',
    person_keys: [`phone:${made}`],
    submitted_at: new Date(now.getTime() - 3_600_000 - Math.floor(n / perDay) * dayMs),
  }))
}

const measured = (reports: readonly TopicReport[], openedDaysAgo: number) =>
  measure(
    {
      openedAt: new Date(now.getTime() - openedDaysAgo * dayMs),
      days: countDays(reports),
      recent: reports.filter(({ submitted_at }) => now.getTime() - submitted_at.getTime() < 7 * dayMs),
    },
    { usual, now },
  )
const kindsOf = (reports: readonly TopicReport[], openedDaysAgo: number) =>
  unusualOf(measured(reports, openedDaysAgo), rules).map(({ kind }) => kind)

describe('a warning', () => {
  test('of trend and people comes where a quiet topic gets many reports in a day', () => {
    expect(kindsOf(reportsOf(1, 12), 40)).toEqual(['trend', 'people'])
  })

  test('does not come for what is usual in a busy topic', () => {
    expect(kindsOf(reportsOf(50, 12), 50)).toEqual([])
  })

  test('of people does not come where one person says it all', () => {
    const one = reportsOf(1, 12).map((report) => ({ ...report, person_keys: ['phone:one'] }))

    expect(kindsOf(one, 40)).toEqual(['trend'])
  })

  test('of channels comes where many channels speak of what none used to', () => {
    const channels = ['a', 'b', 'c', 'd', 'e']

    expect(kindsOf(reportsOf(1, 5, channels), 60)).toContain('channels')
    expect(kindsOf(reportsOf(60, 5, channels), 60)).toEqual([])
  })

  test('is over when the growth is', () => {
    const burst = reportsOf(1, 12)
    const later = burst.map((report) => ({
      ...report,
      submitted_at: new Date(report.submitted_at.getTime() - 9 * dayMs),
    }))

    expect(isOver('trend', measured(burst, 40))).toBe(false)
    expect(isOver('trend', measured(later, 40))).toBe(true)
  })
})

test('days are those of Shanghai, with people and channels each counted once', () => {
  const report = (time: string, channel_id: string, key: string): TopicReport => ({
    topic_id: 't',
    id: `r${++made}`,
    channel_id,
    person_keys: [key],
    submitted_at: new Date(time),
  })

  const days = countDays([
    report('2026-11-19T15:59:00Z', 'a', 'phone:1'),
    report('2026-11-19T16:01:00Z', 'a', 'phone:1'),
    report('2026-11-19T17:00:00Z', 'b', 'phone:1'),
  ])

  expect(days).toEqual([
    { topic_id: 't', day: '2026-11-19', reports: 1, people: 1, channels: ['a'] },
    { topic_id: 't', day: '2026-11-20', reports: 2, people: 1, channels: ['a', 'b'] },
  ])
})

describe('the topic of a case', () => {
  const focus = { sites: ['翠湖花园'], roads: [] }

  test('is the group of its category in its community', () => {
    const topic = topicOf('020301', { location: { street: '990100001', community: '990100001002' } }, codes)

    expect(topic).toEqual({
      key: '0203@990100001002',
      category: '0203',
      area: '990100001002',
      name: '听松社区 照明排水',
    })
  })

  test('is in the area that was read where none is stated', () => {
    const read = { code: '990100002001', level: 'community' } as const

    expect(topicOf('020301', { location: { district: '990100' }, read }, codes)?.area).toBe('990100002001')
  })

  test('is at the named place where only the district is known', () => {
    const topic = topicOf('020301', { location: { district: '990100' }, focus }, codes)

    expect(topic).toEqual({ key: '0203@#翠湖花园', category: '0203', name: '翠湖花园 照明排水' })
  })

  test('is none without a category or a place', () => {
    expect(topicOf(null, { location: { community: '990100001002' } }, codes)).toBeUndefined()
    expect(topicOf('020301', { location: null }, codes)).toBeUndefined()
  })
})
