import Type, { type Static } from 'typebox'
import {
  ApiKeyAuthentication,
  BasicAuthentication,
  HeaderAuthentication,
  secret,
} from '../credentials/settings.ts'
import { Charset, Encoding, ExtraHeaders, IdempotencyHeader, MaxBytes } from '../over-http/settings.ts'
import { Login, Version } from './call-settings.ts'
import { elementName, Service } from './service-settings.ts'

const tokenOptions = {
  toleranceS: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 3600,
      default: 300,
      title: '允许时差（秒）/ Tolerance (s)',
      description: '摘要口令的时间与本机最多相差多少秒 / How far the digest’s time may be off ours, seconds',
    }),
  ),
}

export const UsernameTokenAuthentication = Type.Object(
  {
    kind: Type.Literal('username-token', { title: '方式 / Kind' }),
    user: Type.String({
      minLength: 1,
      maxLength: 200,
      title: '用户名 / User name',
      description: '发给对方的用户名 / The name that was given to the partner',
    }),
    password: secret({ title: '口令 / Password', description: '至少 16 个字符 / 16 characters or more' }),
    form: Type.Optional(
      Type.Enum(['text', 'digest'], {
        default: 'text',
        title: '口令形式 / Form of the password',
        description:
          'digest：摘要，防重放；text：明文，只应走 https / digest: hashed, once only; text: as it is, over https only',
      }),
    ),
    ...tokenOptions,
  },
  {
    additionalProperties: false,
    title: 'WS-Security UsernameToken（报文头内）/ WS-Security UsernameToken (in the header)',
  },
)
export type UsernameTokenAuthentication = Static<typeof UsernameTokenAuthentication>

/** What the console draws and a channel's file sets. Defaults are applied by the adapter, not by the validator. */
export const SoapSettings = Type.Object(
  {
    authentication: Type.Optional(
      Type.Union(
        [BasicAuthentication, HeaderAuthentication, UsernameTokenAuthentication, ApiKeyAuthentication],
        {
          title: '来件认证 / Authentication',
          description:
            '如何确认来件是对方发的；缺省为 API 密钥 / How a payload proves its sender; API key where missing',
        },
      ),
    ),
    service: Type.Optional(Service),
    charset: Type.Optional(Charset),
    maxBytes: Type.Optional(MaxBytes),
    endpoint: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s#@]+$',
        maxLength: 500,
        title: '对方服务地址 / Endpoint',
        description: '对方 SOAP 服务的地址，不带 ?wsdl / Address of the partner’s service, without ?wsdl',
      }),
    ),
    namespace: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 300,
        title: '对方命名空间 / The partner’s namespace',
        description: '对方 WSDL 的 targetNamespace / targetNamespace of the partner’s WSDL',
      }),
    ),
    version: Type.Optional(Version),
    encoding: Type.Optional(Encoding),
    login: Type.Optional(Login),
    parameters: Type.Optional(
      Type.Record(Type.String({ pattern: elementName }), Type.String({ maxLength: 4000, writeOnly: true }), {
        title: '固定参数 / Constant parameters',
        description:
          '每次调用都带上的参数，例如接口口令 / Parameters of every call, for example an interface password',
      }),
    ),
    headers: Type.Optional(ExtraHeaders),
    idempotencyHeader: Type.Optional(IdempotencyHeader),
  },
  { additionalProperties: false, title: 'SOAP' },
)
export type SoapSettings = Static<typeof SoapSettings>
