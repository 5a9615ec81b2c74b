import Type, { type Static } from 'typebox'
import { Attachment, ChannelId, Code, Instant, LongText, Uuid } from './primitives.ts'

/** What a handler 承办方 may say of a case that was handed to it: an event of the case. */
export const HandlerEventType = Type.Enum([
  'signed',
  'processing',
  'returned',
  'resolved',
  'verified',
  'noted',
  'extended',
])

/** What a record about a known report can be. */
export const MessageKind = Type.Enum(
  ['supplement', 'urge', 'withdraw', 'refuse', 'evaluate', 'partner_event', 'verdict', 'delivery_receipt'],
  { description: '补充 · 催办 · 撤诉 · 不满意要求重办 · 评价 · 对方系统事件 · 对我方请求的答复 · 送达回执' },
)
export type MessageKind = Static<typeof MessageKind>

/** 是否解决 */
export const Solved = Type.Enum(['yes', 'partly', 'no'], { description: '解决 · 部分解决 · 未解决' })

/** Ratings by dimension: the dimensions are data (处置速度, 处置效果 …), the scale is stated. */
export const Evaluation = Type.Object(
  {
    scale: Type.Integer({ minimum: 1, maximum: 100 }),
    ratings: Type.Record(Code, Type.Number({ minimum: 0 })),
    satisfied: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

/** What a mapping makes of a record about a known report. */
export const MessageContent = Type.Object(
  {
    about: Type.String({
      minLength: 1,
      maxLength: 200,
      description:
        "The channel's own number of the report; of a case handed to the channel: its own number or ours",
    }),
    externalId: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: "The message's own number" }),
    ),
    kind: MessageKind,
    occurredAt: Instant,
    text: Type.Optional(LongText),
    reasonCode: Type.Optional(Code),
    evaluation: Type.Optional(Evaluation),
    request: Type.Optional(
      Type.String({
        maxLength: 200,
        description:
          'For a verdict: the request of ours that it answers, such as `check` 核实 or `verify` 核查',
      }),
    ),
    granted: Type.Optional(Type.Boolean()),
    event: Type.Optional(HandlerEventType),
    unitCode: Type.Optional(Code),
    publicText: Type.Optional(Type.String({ maxLength: 20_000 })),
    answer: Type.Optional(Type.String({ maxLength: 100_000, description: '答复' })),
    substantiated: Type.Optional(Type.Boolean({ description: '是否属实' })),
    solved: Type.Optional(Solved),
    contactedAt: Type.Optional(Instant),
    attachments: Type.Optional(Type.Array(Attachment, { maxItems: 50 })),
  },
  { additionalProperties: false },
)
export type MessageContent = Static<typeof MessageContent>

export const Message = Type.Object(
  { id: Uuid, channel: ChannelId, report: Uuid, record: Uuid, receivedAt: Instant, content: MessageContent },
  {
    additionalProperties: false,
    $id: '/schemas/message.json',
    title: 'Message',
    description: '后续消息: a record about a known report',
  },
)
export type Message = Static<typeof Message>
