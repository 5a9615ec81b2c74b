import Type, { type Static } from 'typebox'
import {
  ApiKeyAuthentication,
  BasicAuthentication,
  HeaderAuthentication,
  HmacAuthentication,
} from '../credentials/settings.ts'
import {
  BaseUrl,
  Charset,
  Encoding,
  ExtraHeaders,
  IdempotencyHeader,
  MaxBytes,
  RequestHeaders,
  RequestPath,
  Signing,
} from '../over-http/settings.ts'
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
    charset: Type.Optional(Charset),
    maxBytes: Type.Optional(MaxBytes),
    acknowledgement: Type.Optional(AcknowledgementNames),
    codes: Type.Optional(ResultCodes),
    baseUrl: Type.Optional(BaseUrl),
    encoding: Type.Optional(Encoding),
    signing: Type.Optional(Signing),
    headers: Type.Optional(ExtraHeaders),
    idempotencyHeader: Type.Optional(IdempotencyHeader),
  },
  { additionalProperties: false, title: 'HTTP XML' },
)
export type HttpXmlSettings = Static<typeof HttpXmlSettings>

/** What a mapping writes under `reverse.requests.<name>.settings`. */
export const RequestSettings = Type.Object(
  {
    path: RequestPath,
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
    headers: Type.Optional(RequestHeaders),
  },
  { additionalProperties: false, title: '请求 / Request' },
)
export type RequestSettings = Static<typeof RequestSettings>
