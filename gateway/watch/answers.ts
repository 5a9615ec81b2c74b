/** What the watch tells admins, over HTTP and in the terminal. */
import Type, { type Static } from 'typebox'
import { ChannelState } from '../../schemas/channel.ts'
import { ChannelId, Instant, Uuid } from '../../schemas/primitives.ts'

const Count = Type.Integer({ minimum: 0 })
const Share = Type.Number({ minimum: 0, maximum: 1, description: 'Part of the whole, 0 to 1' })
const Name = Type.String({ description: '渠道名称' })
const closed = { additionalProperties: false }

export const ChannelAlert = Type.Object(
  {
    id: Uuid,
    channel: ChannelId,
    name: Name,
    kind: Type.Enum(['silent'], { description: '静默' }),
    since: Type.String({ format: 'date-time', description: 'When the channel was last heard' }),
    raisedAt: Instant,
    endedAt: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'When it spoke again, or was watched no longer; missing: it is silent',
      }),
    ),
    detail: Type.String({ description: 'How long, what would have come, whether its polls succeed' }),
  },
  { ...closed, description: '静默告警: a channel quiet for longer than its own usual pattern' },
)
export type ChannelAlert = Static<typeof ChannelAlert>

export const UnknownPattern = Type.Object(
  {
    channel: ChannelId,
    name: Name,
    state: ChannelState,
    firstAt: Type.Optional(Instant),
    lastAt: Type.Optional(Instant),
    why: Type.Enum(['never-heard', 'too-new', 'too-few'], {
      description:
        'never-heard 从未来件 · too-new: heard over less than two weeks · too-few: in fewer than seven hours of eight weeks',
    }),
  },
  { ...closed, description: 'A channel whose usual pattern is not known yet: it raises no alert' },
)
export type UnknownPattern = Static<typeof UnknownPattern>

export const Alerts = Type.Object(
  { items: Type.Array(ChannelAlert), notKnownYet: Type.Array(UnknownPattern) },
  closed,
)
export type Alerts = Static<typeof Alerts>

export const Zombie = Type.Object(
  {
    channel: ChannelId,
    name: Name,
    platform: Type.String(),
    state: ChannelState,
    owner: Type.Optional(
      Type.Object(
        { department: Type.String(), contact: Type.Optional(Type.String()) },
        { description: '责任单位与联系人' },
      ),
    ),
    lastAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'Its last record; missing: never any' }),
    ),
    liveSince: Type.Optional(Instant),
    silentDays: Type.Integer({
      minimum: 0,
      description: 'Whole days since its last record; since it went live where there was never any',
    }),
    records: Type.Integer({ minimum: 0, description: 'All that ever came' }),
  },
  { ...closed, description: '僵尸渠道' },
)
export type Zombie = Static<typeof Zombie>

export const trafficOrders = ['records', 'reports', 'cases', 'shared', 'name'] as const
export type TrafficOrder = (typeof trafficOrders)[number]
export const trafficGroups = ['channel', 'platform'] as const
export type TrafficGroup = (typeof trafficGroups)[number]

export const TrafficRow = Type.Object(
  {
    key: Type.String({ description: 'Channel or platform' }),
    name: Name,
    state: Type.Optional(ChannelState),
    records: Count,
    recordsShare: Share,
    reports: Type.Integer({ minimum: 0, description: 'New reports among the records' }),
    reportsShare: Share,
    cases: Type.Integer({ minimum: 0, description: 'Cases that its reports are in' }),
    shared: Type.Integer({
      minimum: 0,
      description: 'Of its reports, those in cases that another one (channel or platform) reported as well',
    }),
    sharedShare: Share,
    mostWith: Type.Optional(
      Type.Object(
        { key: Type.String(), cases: Count },
        { ...closed, description: 'The one it has most cases in common with' },
      ),
    ),
  },
  closed,
)
export type TrafficRow = Static<typeof TrafficRow>

export const TrafficShares = Type.Object(
  {
    from: Instant,
    to: Instant,
    by: Type.Enum([...trafficGroups]),
    records: Count,
    reports: Count,
    items: Type.Array(TrafficRow),
  },
  closed,
)
export type TrafficShares = Static<typeof TrafficShares>
