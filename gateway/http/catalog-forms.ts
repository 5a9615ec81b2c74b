/** What admins send about channels, and what they are answered. */
import Type from 'typebox'
import { Tried } from '../../schemas/channel-life.ts'
import { ChannelState } from '../../schemas/channel.ts'
import { selections, type Selection } from '../catalog/trial/select-receipts.ts'
import { DryRun } from '../catalog/trial/summary.ts'
import { By } from './admin-api.ts'

const closed = { additionalProperties: false }
const Note = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'What is different, for those who come after',
})
const Edition = Type.Integer({ minimum: 1, description: 'The edition of the draft that you looked at' })
export const SaveDraft = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 500_000,
      description: 'The channel’s YAML, with its examples',
    }),
    by: By,
    edition: Type.Union([Edition, Type.Null()], { description: 'null for a new draft' }),
    onto: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The published version that it goes over now' }),
    ),
  },
  closed,
)
export const TryDraft = Type.Object(
  {
    by: By,
    selection: Type.Optional(Type.Enum([...selections] as Selection[])),
    count: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100_000, description: 'Stored receipts; 1,000 where missing' }),
    ),
    show: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
  },
  closed,
)
export const PublishDraft = Type.Object({ by: By, note: Note, edition: Edition }, closed)
export const PublishAgain = Type.Object({ by: By, note: Type.Optional(Note) }, closed)
export const SetState = Type.Object(
  {
    by: By,
    note: Note,
    state: ChannelState,
    successor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 300, description: 'Where callers go after retirement' }),
    ),
  },
  closed,
)
export const HandOver = Type.Object(
  {
    by: By,
    note: Note,
    department: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    contact: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  closed,
)
const At = Type.Unsafe<Date>(Type.String({ format: 'date-time' }))
const Nullable = (schema: Parameters<typeof Type.Array>[0]) => Type.Union([schema, Type.Null()])
export const Version = Type.Object({
  number: Type.Integer(),
  state: Type.Enum(['published', 'retired']),
  mapping: Type.String(),
  origin: Type.String(),
  author: Type.String(),
  note: Type.String(),
  publishedAt: At,
  retiredAt: Nullable(At),
  tried: Nullable(Tried),
})
export const Draft = Type.Object({
  channel: Type.String(),
  text: Type.String(),
  edition: Type.Integer(),
  basedOn: Nullable(Type.Integer()),
  author: Type.String(),
  updatedAt: At,
  tried: Nullable(Tried),
})
export const Published = Type.Object({
  channel: Type.String(),
  version: Type.Integer(),
  mapping: Type.String(),
  changed: Type.Boolean(),
  missingSecrets: Type.Array(Type.String(), {
    description: 'Named by its settings, and not there in this gateway',
  }),
})
export const Trial = Type.Object({
  channel: Type.String(),
  edition: Type.Integer(),
  mapping: Type.String(),
  examples: Type.Object({ passed: Type.Integer(), failed: Type.Array(Type.Unknown()) }),
  missingSecrets: Type.Array(Type.String()),
  dryRun: Nullable(DryRun),
})
