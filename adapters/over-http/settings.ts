/** Settings that every protocol over HTTP has, in the same words. */
import Type from 'typebox'
import { headerName, headerNamePattern, secret, SignatureHeaders } from '../credentials/settings.ts'

export const MaxBytes = Type.Integer({
  minimum: 1,
  maximum: 104_857_600,
  default: 10_485_760,
  title: '报文上限（字节）/ Size limit (bytes)',
  description: '更大的报文进入异常件 / A larger payload is quarantined',
})

/** Where calls out begin. */
export const BaseUrl = Type.String({
  pattern: '^https?://[^\\s?#@]+$',
  maxLength: 500,
  title: '对方接口地址 / Base address',
  description: '我方发出的请求都以它开头 / Every call out begins with it',
})

export const Signing = Type.Object(
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
)

export const ExtraHeaders = Type.Record(
  Type.String({ pattern: headerNamePattern }),
  Type.String({ maxLength: 4000, writeOnly: true }),
  {
    title: '附加请求头 / Extra headers',
    description:
      '每个回传请求都带上，例如对方发放的令牌 / Sent with every call, for example a token the partner gave',
  },
)

export const IdempotencyHeader = headerName({
  default: 'Idempotency-Key',
  title: '幂等键请求头 / Idempotency header',
  description: '同一条回传每次重试都带相同的值 / Same value on every try of one delivery',
})

/** Of payloads in XML that say nothing of it themselves. */
export const Charset = Type.Enum(['utf-8', 'gb18030', 'gbk', 'gb2312', 'big5'], {
  title: '字符集 / Charset',
  description: '来件没有任何声明时采用，缺省 UTF-8 / For payloads that declare none; UTF-8 where missing',
})

/** Of calls in XML. */
export const Encoding = Type.Enum(['utf-8', 'gb18030'], {
  default: 'utf-8',
  title: '发送编码 / Encoding of our calls',
  description: '回传报文的编码 / Encoding of what we send',
})

/** Of one request of a mapping; placeholders are encoded. */
export const RequestPath = Type.String({
  minLength: 1,
  maxLength: 1000,
  description: '路径，可含 {externalId} {case} {code} {event} / Path and query with placeholders',
})

/** Of one request of a mapping: no secrets, which stand in the channel. */
export const RequestHeaders = Type.Record(
  Type.String({ pattern: headerNamePattern }),
  Type.String({ maxLength: 4000 }),
  { description: '附加请求头 / Extra headers' },
)
