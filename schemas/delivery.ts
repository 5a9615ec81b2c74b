import Type, { type Static } from 'typebox'
import { CaseEvent, CaseState } from './case.ts'
import { Attachment, CaseNumber, ChannelId, Code, Instant, Reference, Uuid } from './primitives.ts'

/** One case event on its way to one party, already in that party's own words. */
export const Notice = Type.Object(
  {
    delivery: Uuid,
    idempotencyKey: Type.String({ description: 'Stable over every try of this delivery' }),
    try: Type.Integer({ minimum: 1 }),
    channel: ChannelId,
    case: CaseNumber,
    event: CaseEvent,
    source: Type.Object(
      {
        report: Type.Optional(Uuid),
        externalId: Type.String(),
        references: Type.Array(Reference),
        extra: Type.Record(Type.String(), Type.String()),
      },
      { additionalProperties: false },
    ),
    code: Type.Optional(Type.String({ description: "The party's own status code" })),
    request: Type.String({ description: 'Name of the reverse request that the mapping chose' }),
    body: Type.Unknown({ description: 'Built by the reverse mapping' }),
    attachments: Type.Optional(Type.Array(Attachment)),
  },
  { additionalProperties: false, $id: '/schemas/notice.json', title: 'Notice' },
)
export type Notice = Static<typeof Notice>

/** The four outcomes of a try; the kind alone decides what follows. */
export const Outcome = Type.Union(
  [
    Type.Object(
      {
        kind: Type.Literal('delivered'),
        reference: Type.Optional(Type.String({ maxLength: 200 })),
        detail: Type.Optional(Type.String({ maxLength: 500 })),
      },
      { additionalProperties: false },
    ),
    Type.Object(
      {
        kind: Type.Literal('transient'),
        detail: Type.String({ maxLength: 500 }),
        retryAfterMs: Type.Optional(Type.Integer({ minimum: 0 })),
      },
      { additionalProperties: false, description: 'Surely not taken: retry' },
    ),
    Type.Object(
      { kind: Type.Literal('ambiguous'), detail: Type.String({ maxLength: 500 }) },
      { additionalProperties: false, description: 'Perhaps taken' },
    ),
    Type.Object(
      { kind: Type.Literal('permanent'), detail: Type.String({ maxLength: 500 }) },
      { additionalProperties: false },
    ),
  ],
  { description: 'What became of one try' },
)
export type Outcome = Static<typeof Outcome>

/** Does the partner honour our key, can it be asked, or neither. */
export const PartnerClass = Type.Enum(['keyed', 'queryable', 'blind'])
export type PartnerClass = Static<typeof PartnerClass>

export const DeliveryState = Type.Enum(
  [
    'waiting',
    'claimed',
    'blocked',
    'uncertain',
    'task',
    'delivered',
    'skipped',
    'superseded',
    'dead',
    'waived',
  ],
  {
    description:
      '待推送 · 推送中 · 缺字段 · 不确定 · 人工回传 · 已送达 · 不适用 · 已被取代 · 推送失败 · 已豁免',
  },
)
export type DeliveryState = Static<typeof DeliveryState>

/** What kind of news it is. Only `progress` is superseded by a later state. */
export const NoticeClass = Type.Enum(['acceptance', 'progress', 'result', 'note'], {
  description: '受理告知 · 进展 · 办理告知 · 说明',
})
export type NoticeClass = Static<typeof NoticeClass>

export const Delivery = Type.Object(
  {
    id: Uuid,
    channel: ChannelId,
    case: CaseNumber,
    party: Uuid,
    report: Type.Optional(Uuid),
    externalId: Type.Optional(Type.String()),
    eventType: Type.String(),
    stateAfter: CaseState,
    class: NoticeClass,
    state: DeliveryState,
    code: Type.Optional(Type.String()),
    tries: Type.Integer({ minimum: 0 }),
    nextTryAt: Type.Optional(Instant),
    reason: Type.Optional(
      Type.String({ description: 'Why it is blocked, uncertain, skipped or dead, and what to do' }),
    ),
    partnerReference: Type.Optional(Type.String()),
    createdAt: Instant,
    settledAt: Type.Optional(Instant),
  },
  { additionalProperties: false, $id: '/schemas/delivery.json', title: 'Delivery', description: '回传' },
)
export type Delivery = Static<typeof Delivery>

/** 人工回传: what a clerk pastes where the channel has no interface. */
export const ManualTask = Type.Object(
  {
    id: Uuid,
    channel: ChannelId,
    channelName: Type.Optional(Type.String()),
    case: CaseNumber,
    externalId: Type.String(),
    where: Type.Optional(Type.String({ description: 'Where to paste it: page, phone, group' })),
    text: Type.String({ description: 'Ready to paste' }),
    eventType: Code,
    createdAt: Instant,
  },
  { additionalProperties: false, $id: '/schemas/manual-task.json', title: 'ManualTask' },
)
export type ManualTask = Static<typeof ManualTask>

/** What a source's own query shows: state and progress in public wording. */
export const Progress = Type.Object(
  {
    externalId: Type.String(),
    report: Uuid,
    case: Type.Optional(CaseNumber),
    state: Type.Optional(CaseState),
    stateText: Type.String({ description: '公开状态' }),
    code: Type.Optional(Type.String({ description: "The state in the channel's own codes" })),
    receivedAt: Instant,
    nodes: Type.Array(
      Type.Object(
        { at: Instant, type: Type.String(), title: Type.String(), text: Type.Optional(Type.String()) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, $id: '/schemas/progress.json', title: 'Progress', description: '办理进度' },
)
export type Progress = Static<typeof Progress>
