import Type, { type Static } from 'typebox'
import {
  ApiKeyAuthentication,
  BasicAuthentication,
  headerName,
  headerNamePattern,
  HeaderAuthentication,
  HmacAuthentication,
  secret,
  SignatureHeaders,
} from '../credentials/settings.ts'
import { ResultCodes } from '../over-http/result.ts'

const elementName = '^[\\p{L}_][\\p{L}\\p{N}_.-]{0,99}$'

function answerName(fallback: string, description: string) {
  return Type.Optional(Type.String({ pattern: elementName, default: fallback, description }))
}

const AcknowledgementNames = Type.Object(
  {
    root: answerName('response', '根元素 / Root element'),
    code: answerName('code', '结果代码 / Result code'),
    message: answerName('message', '说明 / Message'),
    receipt: answerName('receipt', '来件编号 / Number of the receipt'),
    count: answerName('count', '条目数 / Number of records'),
    record: answerName('record', '每个条目的结果 / Result of one record'),
  },
  {
    additionalProperties: false,
    title: '应答元素名 / Names in the acknowledgement',
    description: '对方习惯的应答元素名 / The element names that the partner is used to',
  },
)

/** What the console draws and a channel's file sets. Defaults are applied by the adapter, not by the validator. */
export const HttpXmlSettings = Type.Object(
  {
    authentication: Type.Optional(
      Type.Union([HmacAuthentication, HeaderAuthentication, BasicAuthentication, ApiKeyAuthentication], {
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
          '条目在根元素之下的位置，如 body.order；不填则根元素为一条 / Where the records stand below the root, as body.order; missing: the root is one',
      }),
    ),
    carry: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 20,
        title: '带入条目的字段 / Carried fields',
        description:
          '根元素下复制到每个条目的字段，属性写作 @名称 / Fields of the root that every record gets; attributes as @name',
      }),
    ),
    charset: Type.Optional(
      Type.Enum(['utf-8', 'gb18030', 'gbk', 'gb2312', 'big5'], {
        title: '字符集 / Charset',
        description:
          '来件没有任何声明时采用，缺省 UTF-8 / For payloads that declare none; UTF-8 where missing',
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
    acknowledgement: Type.Optional(AcknowledgementNames),
    codes: Type.Optional(ResultCodes),
    baseUrl: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s?#@]+$',
        maxLength: 500,
        title: '对方接口地址 / Base address',
        description: '回传请求都以它开头 / Every call out begins with it',
      }),
    ),
    encoding: Type.Optional(
      Type.Enum(['utf-8', 'gb18030'], {
        default: 'utf-8',
        title: '发送编码 / Encoding of our calls',
        description: '回传报文的编码 / Encoding of what we send',
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
  { additionalProperties: false, title: 'HTTP XML' },
)
export type HttpXmlSettings = Static<typeof HttpXmlSettings>

/** What a mapping writes under `reverse.requests.<name>.settings`. */
export const RequestSettings = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      maxLength: 1000,
      description: '路径，可含 {externalId} {case} {code} {event} / Path and query with placeholders',
    }),
    method: Type.Optional(
      Type.Enum(['POST', 'PUT', 'GET'], { default: 'POST', description: '方法 / Method' }),
    ),
    root: Type.Optional(
      Type.String({
        pattern: elementName,
        default: 'request',
        description: '报文根元素 / Root element of the body',
      }),
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
