import Type, { type Static } from 'typebox'
import { Attachment, ChannelId, Code, Instant, LongText, Uuid } from './primitives.ts'

/** What a record about a known report can be. */
export const MessageKind = Type.Enum(
  ['supplement', 'urge', 'withdraw', 'refuse', 'evaluate', 'partner_event', 'verdict', 'delivery_receipt'],
  { description: '补充 · 催办 · 撤诉 · 不满意要求重办 · 评价 · 对方系统事件 · 对我方请求的答复 · 送达回执' },
)
export type MessageKind = Static<typeof MessageKind>

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
      description: "The channel's own number of the report",
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
      Type.String({ maxLength: 200, description: 'For a verdict: the request of ours that it answers' }),
    ),
    granted: Type.Optional(Type.Boolean()),
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
