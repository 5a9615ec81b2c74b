import Type, { type Static } from 'typebox'

/** UTC instant as ISO 8601 with `Z` and milliseconds. Shown to people in Asia/Shanghai. */
export const Instant = Type.String({
  format: 'date-time',
  pattern: 'Z$',
  maxLength: 30,
  description: 'UTC instant, ISO 8601, ends in Z',
})
export const Uuid = Type.String({ format: 'uuid', description: 'UUID version 7: sorts by time' })
export const ChannelId = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'Name of a channel: lower case, digits, hyphens',
})
export const Code = Type.String({ minLength: 1, maxLength: 100 })
export const ShortText = Type.String({ minLength: 1, maxLength: 500 })
export const LongText = Type.String({ maxLength: 100_000 })
/** Opaque position in a list that only grows. Pass back what you were given. */
export const CursorText = Type.String({
  pattern: '^[0-9]+(\\.[0-9]+)?$',
  maxLength: 60,
  description: 'Opaque position; pass back what was given',
})
export const CaseNumber = Type.String({
  pattern: '^[A-Z]{2,6}[0-9]{8}-[0-9]{6,}$',
  description: 'For example PS20261122-000123',
})

/** Issuer of our own case numbers. */
export const GATEWAY_ISSUER = 'guiyi'

/** Another system's number: says whose number it is, since a bare number links nothing. */
export const Reference = Type.Object(
  {
    issuer: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'Who gave the number: a platform or authority',
    }),
    number: Type.String({ minLength: 1, maxLength: 200 }),
    role: Type.Optional(
      Type.Enum(['own', 'municipal', 'superior', 'origin', 'related'], {
        description: '本系统编号 · 市级编号 · 上级编号 · 来源编号 · 相关编号',
      }),
    ),
  },
  { additionalProperties: false, description: 'A number that another system gave' },
)
export type Reference = Static<typeof Reference>

/** Amount of time on one of the two clocks: `working` counts Chinese holidays and 调休 days. */
export const TimeLimit = Type.Object(
  {
    amount: Type.Number({ exclusiveMinimum: 0 }),
    unit: Type.Enum(['minute', 'hour', 'day']),
    clock: Type.Enum(['continuous', 'working']),
  },
  { additionalProperties: false },
)
export type TimeLimit = Static<typeof TimeLimit>

/** What became of a file. */
export const FileState = Type.Enum(['stored', 'waiting', 'refused', 'failed'], {
  description:
    'stored 已保存 · waiting 待获取: it stands at its source and is fetched · refused 已拒收: see reason · failed 获取失败: all tries are used up',
})
export type FileState = Static<typeof FileState>

/** Why a file is not there. */
export const FileReason = Type.Enum(
  [
    'type',
    'too-large',
    'too-many',
    'missing',
    'address',
    'blocked',
    'gone',
    'redirect',
    'not-fetched',
    'status',
    'unreachable',
    'timeout',
    'broken',
    'empty',
  ],
  {
    description:
      '类型不允许 · 过大 · 同一诉求的附件过多 · 来件中没有该文件 · 不是可访问的地址 · 地址不允许访问 · 已不存在 · 对方要求跳转 · 该渠道不获取附件 · 对方返回错误 · 无法连接 · 超时 · 传输中断 · 空文件',
  },
)
export type FileReason = Static<typeof FileReason>

/**
 * File that came with a report or an event. The gateway keeps the bytes encrypted outside of the row and names them by `id`;
 * outside of sealed content `name` is a neutral one and the source's address is left out: both can be personal.
 */
export const Attachment = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: "The gateway's own: one file of one report keeps it through all versions",
      }),
    ),
    state: Type.Optional(FileState),
    reason: Type.Optional(FileReason),
    name: Type.Optional(Type.String({ maxLength: 300 })),
    mediaType: Type.Optional(Type.String({ maxLength: 150 })),
    bytes: Type.Optional(Type.Integer({ minimum: 0 })),
    sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
    url: Type.Optional(Type.String({ maxLength: 2000, description: 'Where the source keeps it' })),
    role: Type.Optional(
      Type.Enum(['before', 'after', 'evidence', 'voice', 'other'], {
        description: '处置前 · 处置后 · 证据 · 录音 · 其他',
      }),
    ),
  },
  { additionalProperties: false },
)
export type Attachment = Static<typeof Attachment>
