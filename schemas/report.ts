import Type, { type Static } from 'typebox'
import { Attachment, ChannelId, Code, Instant, Reference, Uuid } from './primitives.ts'

/** 诉求类型 */
export const ReportKind = Type.Enum(
  ['consultation', 'request', 'complaint', 'tip_off', 'suggestion', 'praise', 'inspection', 'other'],
  { description: '咨询 · 求助 · 投诉 · 举报 · 意见建议 · 表扬 · 巡查上报 · 其他' },
)
export type ReportKind = Static<typeof ReportKind>

/** 紧急程度 */
export const Urgency = Type.Enum(['normal', 'urgent', 'critical'], { description: '一般 · 紧急 · 特急' })
export type Urgency = Static<typeof Urgency>

/** Coordinate systems that sources use. `local` is a grid whose parameters are the channel's secret. */
export const CoordinateSystem = Type.Enum(['CGCS2000', 'WGS-84', 'GCJ-02', 'BD-09', 'CGCS2000-zone', 'local'])
export type CoordinateSystem = Static<typeof CoordinateSystem>

/** Position in CGCS2000 (EPSG:4490), degrees, beside the source's own numbers and their system. */
export const Point = Type.Object(
  {
    longitude: Type.Number({ minimum: -180, maximum: 180 }),
    latitude: Type.Number({ minimum: -90, maximum: 90 }),
    source: Type.Object(
      {
        system: CoordinateSystem,
        x: Type.Number({ description: 'Longitude, or metres to the east' }),
        y: Type.Number({ description: 'Latitude, or metres to the north' }),
        centralMeridian: Type.Optional(
          Type.Number({
            description: 'Of `CGCS2000-zone`: degrees east of the meridian that x is counted from',
          }),
        ),
        falseEasting: Type.Optional(
          Type.Number({
            description:
              'Of `CGCS2000-zone`: x at that meridian, such as 38500000 with zone or 500000 without',
          }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, description: 'CGCS2000 (EPSG:4490) in degrees' },
)
export type Point = Static<typeof Point>

const CodeOf = (description: string) => Type.String({ minLength: 1, maxLength: 100, description })

/** 部件: an urban component has its own number, every manhole cover. */
export const Component = Type.Object(
  { type: CodeOf('部件类型'), code: Type.Optional(CodeOf('部件编码')) },
  { additionalProperties: false, description: '部件类型和编码' },
)

export const Location = Type.Object(
  {
    address: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1000, description: 'As written by the source' }),
    ),
    addressCode: Type.Optional(CodeOf('标准地址编码')),
    point: Type.Optional(Point),
    district: Type.Optional(CodeOf('区，行政区划代码')),
    street: Type.Optional(CodeOf('街道，行政区划代码')),
    community: Type.Optional(CodeOf('社区，行政区划代码')),
    grid: Type.Optional(CodeOf('网格编码')),
    component: Type.Optional(Component),
  },
  { additionalProperties: false },
)
export type Location = Static<typeof Location>

/** Who reported. All of it is personal information: encrypted, masked, matched by keyed hash only. */
export const Reporter = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: '姓名' })),
    phone: Type.Optional(Type.String({ minLength: 3, maxLength: 40, description: '电话' })),
    identityNumber: Type.Optional(Type.String({ minLength: 6, maxLength: 40, description: '证件号码' })),
    email: Type.Optional(Type.String({ minLength: 3, maxLength: 320 })),
    openid: Type.Optional(
      Type.Object(
        { account: CodeOf('公众号'), id: CodeOf('openid, which is the account’s own') },
        { additionalProperties: false },
      ),
    ),
    unionid: Type.Optional(CodeOf('WeChat, over the accounts of one owner')),
    siteUser: Type.Optional(
      Type.Object(
        { site: CodeOf('Site, or channel'), id: CodeOf('The user’s name or number there') },
        { additionalProperties: false },
      ),
    ),
    anonymous: Type.Optional(Type.Boolean({ description: '匿名' })),
    confidential: Type.Optional(
      Type.Boolean({ description: '举报人保密: nobody behind the gateway learns who it was' }),
    ),
    wantsReply: Type.Optional(
      Type.Object(
        {
          by: Type.Enum(['phone', 'sms', 'email', 'channel', 'post', 'none'], {
            description: '要求回复的方式',
          }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type Reporter = Static<typeof Reporter>

/** What a mapping makes of a record that is a new report or a new version of one. */
export const ReportContent = Type.Object(
  {
    externalId: Type.String({ minLength: 1, maxLength: 200, description: "The channel's own number" }),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: '标题' })),
    text: Type.String({ maxLength: 100_000, description: '诉求内容' }),
    kind: ReportKind,
    category: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'Canonical category code' }),
    ),
    sourceCategory: Type.Optional(
      Type.String({ minLength: 1, maxLength: 300, description: "The source's own category code" }),
    ),
    submittedAt: Instant,
    location: Type.Optional(Location),
    reporter: Type.Optional(Reporter),
    /** The source's own time limit 办理时限; of a case's sources the strictest holds. */
    dueAt: Type.Optional(Instant),
    urgency: Urgency,
    sensitive: Type.Optional(Type.Boolean({ description: '重大敏感' })),
    attachments: Type.Optional(
      Type.Array(Attachment, {
        maxItems: 50,
        description: 'All at once, as the reader `attachments` makes them',
      }),
    ),
    references: Type.Optional(
      Type.Array(Reference, {
        maxItems: 50,
        description: 'Other systems’ numbers; one without number is left out',
      }),
    ),
    tags: Type.Optional(Type.Array(Code, { maxItems: 50, description: '标签' })),
    extra: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 10_000 }), {
        description: 'Fields the source needs back and the canonical form has no place for',
      }),
    ),
  },
  { additionalProperties: false },
)
export type ReportContent = Static<typeof ReportContent>

/** One submission by one person through one channel, with what made it. */
export const Report = Type.Object(
  {
    id: Uuid,
    channel: ChannelId,
    feed: Code,
    version: Type.Integer({ minimum: 1 }),
    receivedAt: Instant,
    record: Uuid,
    mappingVersion: Type.String({
      maxLength: 100,
      description: 'The mapping version that made this report version',
    }),
    case: Type.Optional(Type.String({ description: 'Number of the case it is linked to' })),
    content: ReportContent,
  },
  {
    additionalProperties: false,
    $id: '/schemas/report.json',
    title: 'Report',
    description: '诉求: one submission by one person through one channel, in canonical form',
  },
)
export type Report = Static<typeof Report>
