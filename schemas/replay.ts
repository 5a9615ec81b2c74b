import Type, { type Static } from 'typebox'
import { RecordEnd, RecordReason } from './receipt.ts'
import { ChannelId, Instant, Uuid } from './primitives.ts'

export const ReplayState = Type.Enum(['running', 'paused', 'cancelled', 'done'], {
  description: '进行中 · 已暂停 · 已取消 · 已完成',
})
export type ReplayState = Static<typeof ReplayState>

/** What became of one record of a replay. */
export const ReplayOutcome = Type.Enum(
  [
    'report',
    'version',
    'message',
    'repeat',
    'filtered',
    'quarantined',
    'unchanged',
    'superseded',
    'kept',
    'conflict',
    'failed',
  ],
  {
    description:
      'report: a report now; version: a new version of its report; message: a message now; repeat: says what was known; filtered: a rule leaves it out; ' +
      'quarantined: in quarantine, with its reason; unchanged: as it was; superseded: a later record tells its report; kept: it could not be taken by now, so what ' +
      'was made of it stays; conflict: it would become something else than it is, so nothing was done; failed: it could not be read again',
  },
)
export type ReplayOutcome = Static<typeof ReplayOutcome>

/** Which records a replay takes. Every condition that is given must hold. */
export const ReplaySelection = Type.Object(
  {
    ends: Type.Optional(
      Type.Array(RecordEnd, {
        minItems: 1,
        maxItems: 6,
        description:
          'Where the records ended; where missing, `quarantined`, or any end where receipts, records or a mapping version are named',
      }),
    ),
    blockedBy: Type.Optional(
      Type.Object(
        {
          table: Type.String({ minLength: 1, maxLength: 100 }),
          value: Type.String({ minLength: 1, maxLength: 300 }),
        },
        {
          additionalProperties: false,
          description: 'Quarantined records that this unlisted value keeps there',
        },
      ),
    ),
    receipts: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 10_000 })),
    records: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 10_000 })),
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    mappingVersion: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'The version that the records were mapped by',
      }),
    ),
  },
  { additionalProperties: false, description: '重放范围' },
)
export type ReplaySelection = Static<typeof ReplaySelection>

const Leaf = Type.Union([Type.String(), Type.Number(), Type.Boolean()])

/** What is different now. Values stand here for codes and times only: nothing of a person, no text. */
export const ReplayChanges = Type.Object(
  {
    added: Type.Optional(Type.Array(Type.String())),
    removed: Type.Optional(Type.Array(Type.String())),
    changed: Type.Optional(Type.Array(Type.String())),
    more: Type.Optional(Type.Integer({ description: 'Pointers beyond those listed' })),
    values: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          { before: Type.Optional(Leaf), after: Type.Optional(Leaf) },
          { additionalProperties: false },
        ),
      ),
    ),
    was: Type.Optional(RecordEnd),
    reason: Type.Optional(RecordReason),
    report: Type.Optional(Uuid),
    version: Type.Optional(Type.Integer({ minimum: 1 })),
    unread: Type.Optional(
      Type.Integer({ description: 'Records that could be read behind this one and joined the replay' }),
    ),
  },
  { additionalProperties: false },
)
export type ReplayChanges = Static<typeof ReplayChanges>

/** 重放: stored records run through the live version of their channel again. */
export const Replay = Type.Object(
  {
    id: Uuid,
    channel: ChannelId,
    selection: ReplaySelection,
    state: ReplayState,
    total: Type.Integer({ minimum: 0 }),
    done: Type.Integer({ minimum: 0 }),
    counts: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), { description: 'Records by outcome' }),
    by: Type.String(),
    note: Type.String(),
    createdAt: Instant,
    startedAt: Type.Optional(Instant),
    endedAt: Type.Optional(Instant),
    reason: Type.Optional(Type.String({ description: 'Why it stands still, where nobody paused it' })),
  },
  { additionalProperties: false },
)
export type Replay = Static<typeof Replay>

export const ReplayItem = Type.Object(
  {
    position: Type.Integer({ minimum: 1 }),
    record: Uuid,
    receipt: Uuid,
    outcome: Type.Optional(ReplayOutcome),
    changes: Type.Optional(ReplayChanges),
    mappingVersion: Type.Optional(Type.String()),
    settledAt: Type.Optional(Instant),
  },
  { additionalProperties: false },
)
export type ReplayItem = Static<typeof ReplayItem>

/** How often a field is different, over a whole replay. */
export const ReplayField = Type.Object(
  {
    pointer: Type.String(),
    how: Type.Enum(['added', 'removed', 'changed']),
    count: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
)
export type ReplayField = Static<typeof ReplayField>
