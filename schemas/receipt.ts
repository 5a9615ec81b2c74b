import Type, { type Static } from 'typebox'
import { FieldError } from './problem.ts'
import { ChannelId, Code, Instant, Uuid } from './primitives.ts'

/** Where a record ended. Exactly one, always. */
export const RecordEnd = Type.Enum(['report', 'version', 'message', 'repeat', 'filtered', 'quarantined'], {
  description: '新诉求 · 新版本 · 后续消息 · 重复来件 · 规则过滤 · 异常件',
})
export type RecordEnd = Static<typeof RecordEnd>

/** Why a record was quarantined or filtered: what, where, what to do. */
export const RecordReason = Type.Object(
  {
    code: Type.String({ maxLength: 100 }),
    detail: Type.String({ maxLength: 2000 }),
    errors: Type.Optional(Type.Array(FieldError, { maxItems: 50 })),
  },
  { additionalProperties: false },
)
export type RecordReason = Static<typeof RecordReason>

export const Record = Type.Object(
  {
    id: Uuid,
    receipt: Uuid,
    index: Type.Integer({ minimum: 0, description: 'Place in the receipt, from 0' }),
    channel: ChannelId,
    feed: Code,
    identity: Type.Optional(Type.String({ maxLength: 300 })),
    end: RecordEnd,
    reason: Type.Optional(RecordReason),
    report: Type.Optional(Uuid),
    version: Type.Optional(Type.Integer({ minimum: 1 })),
    externalId: Type.Optional(Type.String({ maxLength: 200 })),
  },
  {
    additionalProperties: false,
    $id: '/schemas/record.json',
    title: 'Record',
    description: '来件条目: one entry of a receipt',
  },
)
export type Record = Static<typeof Record>

export const Receipt = Type.Object(
  {
    id: Uuid,
    channel: ChannelId,
    feed: Code,
    receivedAt: Instant,
    principal: Type.String({ maxLength: 200, description: 'Who was authenticated' }),
    contentType: Type.Optional(Type.String({ maxLength: 200 })),
    bytes: Type.Integer({ minimum: 0 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    state: Type.Enum(['stored', 'done'], {
      description: 'stored: committed, its records not yet worked; done: every record has its end',
    }),
    counts: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description: 'Records by their end; adds up to the number of records',
    }),
  },
  {
    additionalProperties: false,
    $id: '/schemas/receipt.json',
    title: 'Receipt',
    description: '原始来件: the payload exactly as it arrived',
  },
)
export type Receipt = Static<typeof Receipt>

/** What a caller reads after its payload was committed: each record answered for itself. */
export const Acknowledgement = Type.Object(
  {
    receipt: Uuid,
    receivedAt: Instant,
    results: Type.Array(
      Type.Object(
        {
          index: Type.Integer({ minimum: 0 }),
          end: RecordEnd,
          externalId: Type.Optional(Type.String()),
          report: Type.Optional(Uuid),
          version: Type.Optional(Type.Integer()),
          case: Type.Optional(Type.String({ description: 'Case number, once linked' })),
          reason: Type.Optional(RecordReason),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, $id: '/schemas/acknowledgement.json', title: 'Acknowledgement' },
)
export type Acknowledgement = Static<typeof Acknowledgement>
