import Type, { type Static } from 'typebox'
import { ApiKeyAuthentication, HmacAuthentication } from '../credentials/settings.ts'
import {
  BaseUrl,
  ExtraHeaders,
  IdempotencyHeader,
  MaxBytes,
  RequestHeaders,
  RequestPath,
  Signing,
} from '../over-http/settings.ts'
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
    maxBytes: Type.Optional(MaxBytes),
    baseUrl: Type.Optional(BaseUrl),
    access: Type.Optional(Access),
    tls: Type.Optional(Tls),
    signing: Type.Optional(Signing),
    headers: Type.Optional(ExtraHeaders),
    idempotencyHeader: Type.Optional(IdempotencyHeader),
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
    path: RequestPath,
    method: Type.Optional(
      Type.Enum(['POST', 'PUT', 'PATCH', 'DELETE', 'GET'], { default: 'POST', description: '方法 / Method' }),
    ),
    headers: Type.Optional(RequestHeaders),
  },
  { additionalProperties: false, title: '请求 / Request' },
)
export type RequestSettings = Static<typeof RequestSettings>
