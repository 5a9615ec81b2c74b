import Type, { type Static, type TString } from 'typebox'

const headerNamePattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"

function headerName(options: { default: string; title?: string; description: string }): TString {
  return Type.String({ pattern: headerNamePattern, ...options })
}

function secret(options: { title: string; description: string }): TString {
  return Type.String({ minLength: 16, maxLength: 1000, writeOnly: true, ...options })
}

/** Where a signature travels. Both directions share the scheme and these defaults. */
const SignatureHeaders = Type.Object(
  {
    timestamp: Type.Optional(
      headerName({ default: 'x-timestamp', description: '时间戳请求头 / header with the Unix time' }),
    ),
    nonce: Type.Optional(
      headerName({ default: 'x-nonce', description: '随机串请求头 / header with the one-time text' }),
    ),
    signature: Type.Optional(
      headerName({ default: 'x-signature', description: '签名请求头 / header with the signature' }),
    ),
  },
  {
    additionalProperties: false,
    title: '签名请求头 / Signature headers',
    description: '签名放在哪些请求头里 / Names of the headers that carry the signature',
  },
)
export type SignatureHeaders = Static<typeof SignatureHeaders>

const HmacAuthentication = Type.Object(
  {
    kind: Type.Literal('hmac', { title: '方式 / Kind' }),
    secret: secret({
      title: '密钥 / Secret',
      description:
        '与对方约定的签名密钥，至少 16 个字符 / Signing secret agreed with the partner, 16 characters or more',
    }),
    previousSecret: Type.Optional(
      secret({
        title: '旧密钥 / Previous secret',
        description: '更换密钥期间仍接受的旧密钥 / Still accepted while the partner changes to the new one',
      }),
    ),
    toleranceS: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3600,
        default: 300,
        title: '允许时差（秒）/ Tolerance (s)',
        description: '对方时钟与本机最多相差多少秒 / How far the partner’s clock may be off, seconds',
      }),
    ),
    headers: Type.Optional(SignatureHeaders),
  },
  { additionalProperties: false, title: 'HMAC 签名 / HMAC signature' },
)
export type HmacAuthentication = Static<typeof HmacAuthentication>

const ApiKeyAuthentication = Type.Object(
  { kind: Type.Literal('api-key', { title: '方式 / Kind' }) },
  { additionalProperties: false, title: '本平台发放的 API 密钥 / API key of this gateway' },
)

/** What the console draws and a channel's file sets. Defaults are applied by the adapter, not by the validator. */
export const HttpJsonSettings = Type.Object(
  {
    authentication: Type.Optional(
      Type.Union([HmacAuthentication, ApiKeyAuthentication], {
        title: '来件认证 / Authentication',
        description:
          '如何确认来件是对方发的；缺省为 API 密钥 / How a payload proves its sender; API key where missing',
      }),
    ),
    records: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        title: '条目路径 / Path of the records',
        description:
          '条目数组在报文中的位置，如 data.list；不填：顶层数组为多条，对象为一条 / Where the list stands, as data.list; missing: a top-level list is many, an object is one',
      }),
    ),
    maxBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 104_857_600,
        default: 10_485_760,
        title: '报文上限（字节）/ Size limit (bytes)',
        description: '更大的报文进入异常件 / A larger payload is quarantined',
      }),
    ),
    baseUrl: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s?#@]+$',
        maxLength: 500,
        title: '对方接口地址 / Base address',
        description: '回传请求都以它开头 / Every call out begins with it',
      }),
    ),
    signing: Type.Optional(
      Type.Object(
        {
          secret: secret({
            title: '密钥 / Secret',
            description: '给回传请求签名的密钥 / Secret that signs our calls',
          }),
          headers: Type.Optional(SignatureHeaders),
        },
        {
          additionalProperties: false,
          title: '回传签名 / Signing',
          description: '回传请求用同一种方式签名 / Our calls are signed in the same way',
        },
      ),
    ),
    headers: Type.Optional(
      Type.Record(
        Type.String({ pattern: headerNamePattern }),
        Type.String({ maxLength: 4000, writeOnly: true }),
        {
          title: '附加请求头 / Extra headers',
          description:
            '每个回传请求都带上，例如对方发放的令牌 / Sent with every call, for example a token the partner gave',
        },
      ),
    ),
    idempotencyHeader: Type.Optional(
      headerName({
        default: 'Idempotency-Key',
        title: '幂等键请求头 / Idempotency header',
        description: '同一条回传每次重试都带相同的值 / Same value on every try of one delivery',
      }),
    ),
  },
  { additionalProperties: false, title: 'HTTP JSON' },
)
export type HttpJsonSettings = Static<typeof HttpJsonSettings>

/** What a mapping writes under `reverse.requests.<name>.settings`. */
export const RequestSettings = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      maxLength: 1000,
      description: '路径，可含 {externalId} {case} {code} {event} / Path and query with placeholders',
    }),
    method: Type.Optional(
      Type.Enum(['POST', 'PUT', 'PATCH', 'DELETE', 'GET'], { default: 'POST', description: '方法 / Method' }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String({ pattern: headerNamePattern }), Type.String({ maxLength: 4000 }), {
        description: '附加请求头 / Extra headers',
      }),
    ),
  },
  { additionalProperties: false, title: '请求 / Request' },
)
export type RequestSettings = Static<typeof RequestSettings>
