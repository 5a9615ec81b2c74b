/** How we ask a partner for its records, and for its list of a day. */
import Type, { type Static, type TString } from 'typebox'
import { headerNamePattern } from '../credentials/settings.ts'

const Path = (options: { title: string; description: string; default?: string }): TString =>
  Type.String({ minLength: 1, maxLength: 200, ...options })

const TimeFormat = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 60,
    default: 'iso',
    title: '时间格式 / Time format',
    description:
      'iso、epoch-s、epoch-ms，或 yyyy-MM-dd HH:mm:ss 之类 / iso, epoch-s, epoch-ms, or a pattern of yyyy MM dd HH mm ss SSS',
  }),
)
const Zone = Type.Optional(
  Type.Enum(['Asia/Shanghai', 'UTC'], {
    default: 'Asia/Shanghai',
    title: '时区 / Zone',
    description: '没有时区的时间按此理解 / Zone of a time that states none',
  }),
)

/** A request to be filled in. */
const template = {
  method: Type.Optional(
    Type.Enum(['GET', 'POST'], { default: 'GET', title: '方法 / Method', description: '请求方法 / Method' }),
  ),
  path: Type.String({
    minLength: 1,
    maxLength: 1000,
    title: '路径 / Path',
    description:
      '接在 baseUrl 之后；可含占位符 {cursor} {page} {offset} {since} {until} {size} {afterId} {day} / Follows baseUrl; placeholders as listed',
  }),
  query: Type.Optional(
    Type.Record(Type.String({ minLength: 1, maxLength: 100 }), Type.String({ maxLength: 1000 }), {
      title: '地址参数 / Query',
      description: '占位符没有值的参数不发送 / One whose placeholder has no value is left out',
    }),
  ),
  headers: Type.Optional(
    Type.Record(
      Type.String({ pattern: headerNamePattern }),
      Type.String({ maxLength: 4000, writeOnly: true }),
      { title: '附加请求头 / Extra headers', description: '只用于这个请求 / For this request alone' },
    ),
  ),
  body: Type.Optional(
    Type.Unknown({
      title: '报文 / Body',
      description:
        'POST 的 JSON 报文，文字里可含占位符 / JSON body of a POST; its texts may hold placeholders',
    }),
  ),
  size: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 100,
      title: '每页条数 / Page size',
      description: '占位符 {size} 的值 / Value of {size}',
    }),
  ),
  success: Type.Optional(
    Type.Object(
      {
        path: Path({
          title: '路径 / Path',
          description: '应答中结果码的位置 / Where the answer holds its code',
        }),
        values: Type.Array(Type.String({ maxLength: 100 }), {
          minItems: 1,
          maxItems: 20,
          title: '成功值 / Good values',
          description: '哪些结果码算成功 / Codes that mean success',
        }),
      },
      {
        additionalProperties: false,
        title: '成功标志 / Success',
        description:
          '对方以 200 报错时填写：其他结果码算读取失败 / Where errors come with 200: any other code is a failed poll',
      },
    ),
  ),
}

const Paging = Type.Union(
  [
    Type.Object(
      {
        kind: Type.Literal('page', { title: '翻页方式 / Kind' }),
        first: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 1,
            default: 1,
            title: '首页页码 / First page',
            description: '从 0 还是 1 数起 / Whether pages count from 0 or 1',
          }),
        ),
      },
      { additionalProperties: false, title: '页码 / Page number' },
    ),
    Type.Object(
      { kind: Type.Literal('offset', { title: '翻页方式 / Kind' }) },
      { additionalProperties: false, title: '偏移量 / Offset' },
    ),
    Type.Object(
      {
        kind: Type.Literal('cursor', { title: '翻页方式 / Kind' }),
        next: Path({
          title: '下一游标路径 / Path of the next cursor',
          description: '应答中下一游标的位置；没有即到末尾 / Where the answer holds it; the end where absent',
        }),
        start: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 500,
            title: '起始游标 / First cursor',
            description:
              '第一次请求的 {cursor}；不填则不发送 / {cursor} of the very first request; left out where missing',
          }),
        ),
      },
      { additionalProperties: false, title: '游标 / Cursor' },
    ),
  ],
  {
    title: '翻页 / Paging',
    description: '一轮有多页时如何翻页 / How one page follows another',
  },
)

const end = {
  more: Type.Optional(
    Path({
      title: '是否还有 / More',
      description: '应答中“还有下一页”标志的位置 / Where the answer says whether another page follows',
    }),
  ),
  total: Type.Optional(
    Path({
      title: '总数 / Total',
      description: '应答中总条数的位置 / Where the answer holds the number of all rows',
    }),
  ),
}

const Since = Type.Union(
  [
    Type.Object(
      {
        kind: Type.Literal('time', { title: '增量方式 / Kind' }),
        format: TimeFormat,
        zone: Zone,
        overlapS: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 604_800,
            default: 300,
            title: '重叠（秒）/ Overlap (s)',
            description:
              '每轮往回多问多久，以补上晚到的 / How far each round asks back, for rows that come late',
          }),
        ),
        windowS: Type.Optional(
          Type.Integer({
            minimum: 60,
            maximum: 31_536_000,
            title: '最大跨度（秒）/ Longest window (s)',
            description: '对方限制查询跨度时填写 / Where the partner bounds the span of one query',
          }),
        ),
        start: Type.Optional(
          Type.String({
            pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:\\d\\d)$',
            title: '起点 / Start',
            description:
              '第一次从何时问起，如 2026-11-01T00:00:00+08:00；不填为一天前 / Where the very first round begins; a day ago where missing',
          }),
        ),
      },
      { additionalProperties: false, title: '按时间 / By time' },
    ),
    Type.Object(
      {
        kind: Type.Literal('id', { title: '增量方式 / Kind' }),
        id: Path({
          title: '编号路径 / Path of the id',
          description: '条目中递增编号的位置 / Where a record holds its increasing number',
        }),
        window: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 100_000,
            default: 100,
            title: '回看窗口 / Catch-up window',
            description:
              '每轮从已读最大编号往回多少问起，以补上晚到的 / How far below the highest id each round begins, for rows that come late',
          }),
        ),
        start: Type.Optional(
          Type.String({
            pattern: '^[0-9]{1,30}$',
            title: '起点 / Start',
            description:
              '第一次读取大于此编号的；不填为 0 / The very first round reads above it; 0 where missing',
          }),
        ),
      },
      { additionalProperties: false, title: '按递增编号 / By increasing id' },
    ),
  ],
  {
    title: '增量 / Since',
    description:
      '只问新的：按时间或递增编号；不填则按游标，或每轮读全部 / Asks for what is new; without it by cursor, or the whole list each round',
  },
)
export type Since = Static<typeof Since>

export const Poll = Type.Object(
  { ...template, ...end, since: Type.Optional(Since), paging: Type.Optional(Paging) },
  {
    additionalProperties: false,
    title: '轮询 / Poll',
    description:
      '由我方定时读取；不填则由对方推送 / We ask for the records; the partner pushes where missing',
  },
)
export type Poll = Static<typeof Poll>

export const List = Type.Object(
  {
    ...template,
    ...end,
    paging: Type.Optional(Paging),
    records: Type.Optional(
      Path({
        title: '条目路径 / Path of the records',
        description: '不填则同 records / As records where missing',
      }),
    ),
    externalId: Path({
      title: '编号路径 / Path of the number',
      description: '条目中对方编号的位置 / Where an entry holds its number',
    }),
    at: Path({
      title: '时间路径 / Path of the time',
      description: '条目中时间的位置 / Where it holds its time',
    }),
    status: Type.Optional(
      Path({
        title: '状态路径 / Path of the status',
        description: '条目中状态的位置 / Where it holds its status',
      }),
    ),
    format: TimeFormat,
    zone: Zone,
  },
  {
    additionalProperties: false,
    title: '对账清单 / Daily list',
    description:
      '按日取对方清单用于对账：{day} 为 2026-11-22，{since} {until} 为当日起止 / The partner’s entries of a day, for reconciliation',
  },
)
export type List = Static<typeof List>

/** What both have in common. */
export type RequestTemplate = Pick<
  Poll,
  'method' | 'path' | 'query' | 'headers' | 'body' | 'size' | 'success'
>
