import Type, { type Static } from 'typebox'
import {
  ApiKeyAuthentication,
  headerName,
  headerNamePattern,
  HmacAuthentication,
  secret,
  SignatureHeaders,
} from '../credentials/settings.ts'
import { Access, Tls } from './access-settings.ts'
import { List, Poll } from './poll-settings.ts'

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
        description: '回传和轮询请求都以它开头 / Every call out begins with it',
      }),
    ),
    access: Type.Optional(Access),
    tls: Type.Optional(Tls),
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
    poll: Type.Optional(Poll),
    intervalS: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400,
        default: 300,
        title: '轮询间隔（秒）/ Interval (s)',
        description: '两轮之间等多久 / How long to wait between two rounds of polling',
      }),
    ),
    list: Type.Optional(List),
    formPart: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        default: 'data',
        title: '表单中的 JSON / JSON part of a form',
        description: 'multipart 来件中哪一部分是 JSON / Which part of a multipart payload holds the JSON',
      }),
    ),
    inlineFiles: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        maxItems: 10,
        title: '内嵌文件 / Files inside the JSON',
        description:
          '条目中 base64 文件的路径，如 photos.content；列表逐项查看 / Paths of base64 files within a record, as photos.content; lists are walked',
      }),
    ),
    fileOrigins: Type.Optional(
      Type.Array(Type.String({ pattern: '^https?://[^\\s/?#@]+$', maxLength: 300 }), {
        maxItems: 20,
        title: '附件服务器 / File servers',
        description:
          '除 baseUrl 外，取附件时也带上认证的服务器，如 https://files.example / Servers besides that of baseUrl to which our credentials go when a file is fetched',
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
