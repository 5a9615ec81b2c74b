/** What the API and `guiyi topic` say of topics 热点. */
import Type, { type Static } from 'typebox'
import { CaseState } from '../../../schemas/case.ts'
import { CaseNumber, Instant, Uuid } from '../../../schemas/primitives.ts'

const Figure = Type.Object({
  count: Type.Integer({ minimum: 0 }),
  expected: Type.Number({ description: 'By the topic’s own history' }),
  chance: Type.Number({ description: 'Of so many or more' }),
})

export const WarningKind = Type.Enum(['trend', 'people', 'channels'], {
  description: '趋势 · 人数 · 渠道',
})

export const TopicRow = Type.Object({
  id: Uuid,
  name: Type.String({ description: 'Area, or named place, and group of categories' }),
  category: Type.Optional(Type.String()),
  area: Type.Optional(Type.String({ description: 'Code of the community, street or district' })),
  openedAt: Instant,
  lastAt: Instant,
  rising: Type.Number({
    description: 'Negative decimal logarithm of the chance of its growth: 0 is usual, 4 one in ten thousand',
  }),
  lastDay: Figure,
  lastWeek: Figure,
  people: Type.Integer({ minimum: 0, description: 'Known people of the last seven days' }),
  channels: Type.Array(Type.String(), { description: 'Channels of the last seven days' }),
  cases: Type.Integer({ minimum: 0 }),
  warnings: Type.Array(WarningKind, { description: 'Open ones' }),
})
export type TopicRow = Static<typeof TopicRow>

export const TopicDayRow = Type.Object({
  day: Type.String(),
  reports: Type.Integer({ minimum: 0 }),
  people: Type.Integer({ minimum: 0 }),
  channels: Type.Array(Type.String()),
})

export const TopicWarningRow = Type.Object({
  id: Uuid,
  topic: Uuid,
  name: Type.String(),
  kind: WarningKind,
  raisedAt: Instant,
  endedAt: Type.Optional(Instant),
  acknowledgedBy: Type.Optional(Type.String()),
  window: Type.Enum(['day', 'week'], { description: 'The last 24 hours, or the last seven days' }),
  ...Figure.properties,
  channels: Type.Array(Type.String()),
  reports: Type.Array(Uuid, { description: 'The newest reports behind it, at most a hundred' }),
})
export type TopicWarningRow = Static<typeof TopicWarningRow>

export const TopicCase = Type.Object({
  number: CaseNumber,
  state: CaseState,
  title: Type.Optional(Type.String()),
  openedAt: Instant,
  reports: Type.Integer({ minimum: 0 }),
})

export const TopicReport = Type.Object({
  report: Uuid,
  case: CaseNumber,
  channel: Type.String(),
  externalId: Type.String(),
  submittedAt: Instant,
  title: Type.Optional(Type.String()),
})

export const Topic = Type.Object({
  topic: TopicRow,
  days: Type.Array(TopicDayRow, { description: 'The last sixty days, days without a report among them' }),
  cases: Type.Array(TopicCase, { description: 'The newest, at most a hundred' }),
  reports: Type.Array(TopicReport, { description: 'Of the last seven days, at most a hundred' }),
  warnings: Type.Array(TopicWarningRow),
})
export type Topic = Static<typeof Topic>
