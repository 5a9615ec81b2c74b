import Type, { type Static } from 'typebox'

export const FeedSettings = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s#@]+$',
      maxLength: 2000,
      title: '订阅地址 / Feed address',
      description: 'RSS、Atom 或 JSON Feed 的地址 / Address of the RSS, Atom or JSON feed',
    }),
    intervalS: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400,
        default: 300,
        title: '轮询间隔（秒）/ Interval (s)',
        description: '两次读取之间等多久 / How long to wait between two polls',
      }),
    ),
    maxBytes: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: 20_971_520,
        default: 2_097_152,
        title: '大小上限（字节）/ Size limit (bytes)',
        description: '更大的订阅内容不读 / A larger document is not read',
      }),
    ),
    userAgent: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        title: '客户端标识 / User agent',
        description: '有的网站按它放行 / Some sites let in by it',
      }),
    ),
    headers: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$" }),
        Type.String({ maxLength: 4000, writeOnly: true }),
        {
          title: '附加请求头 / Extra headers',
          description: '例如网站发放的令牌 / For example a token the site gave',
        },
      ),
    ),
    charset: Type.Optional(
      Type.Enum(['utf-8', 'gb18030', 'gbk', 'gb2312', 'big5'], {
        title: '字符集 / Charset',
        description:
          '网站声明有误时使用，优先于其声明 / For a site that declares the wrong one; beats its declaration',
      }),
    ),
  },
  { additionalProperties: false, title: 'RSS · Atom · JSON Feed' },
)
export type FeedSettings = Static<typeof FeedSettings>
