/** How a partner lets us in when we call it. */
import Type, { type Static, type TString } from 'typebox'
import { headerNamePattern } from '../credentials/settings.ts'

/** Chosen by the partner, so of any length. */
function given(options: { title: string; description: string }): TString {
  return Type.String({ minLength: 1, maxLength: 4000, writeOnly: true, ...options })
}

function pem(options: { title: string; description: string }): TString {
  return Type.String({ minLength: 1, maxLength: 100_000, writeOnly: true, ...options })
}

/** Where a key or token travels. */
const carrier = {
  header: Type.Optional(
    Type.String({
      pattern: headerNamePattern,
      title: '请求头 / Header',
      description: '放在哪个请求头里 / Name of the header that carries it',
    }),
  ),
  prefix: Type.Optional(
    Type.String({
      maxLength: 50,
      title: '前缀 / Prefix',
      description: '请求头里写在它前面的文字 / Written before it in the header',
    }),
  ),
  query: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_.~-]{1,100}$',
      title: '地址参数 / Query parameter',
      description:
        '改放在地址参数里；尽量不用，地址会进对方日志 / In the query instead; only where asked for',
    }),
  ),
}

const AnswerPath = (options: { default: string; title: string; description: string }): TString =>
  Type.String({ minLength: 1, maxLength: 200, ...options })

const NoAccess = Type.Object(
  { kind: Type.Literal('none', { title: '方式 / Kind' }) },
  { additionalProperties: false, title: '无 / None' },
)
const ApiKeyAccess = Type.Object(
  {
    kind: Type.Literal('api-key', { title: '方式 / Kind' }),
    secret: given({ title: '密钥 / Key', description: '对方发放的密钥 / The key that the partner gave' }),
    ...carrier,
  },
  { additionalProperties: false, title: '对方的 API 密钥 / API key of the partner' },
)
export type ApiKeyAccess = Static<typeof ApiKeyAccess>

const BasicAccess = Type.Object(
  {
    kind: Type.Literal('basic', { title: '方式 / Kind' }),
    user: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[^:]*$',
      title: '用户名 / User',
      description: '对方给的用户名 / User name at the partner',
    }),
    password: given({ title: '密码 / Password', description: '对方给的密码 / Its password' }),
  },
  { additionalProperties: false, title: '用户名和密码 / User and password' },
)

const OAuth2Access = Type.Object(
  {
    kind: Type.Literal('oauth2', { title: '方式 / Kind' }),
    url: Type.String({
      pattern: '^https?://[^\\s#@]+$',
      maxLength: 500,
      title: '令牌地址 / Token address',
      description: '获取令牌的完整地址 / Whole address at which a token is asked for',
    }),
    clientId: Type.String({
      minLength: 1,
      maxLength: 300,
      title: '客户端标识 / Client id',
      description: '对方给的 client_id / The client_id that the partner gave',
    }),
    clientSecret: given({
      title: '客户端密钥 / Client secret',
      description: '对方给的 client_secret / The client_secret that the partner gave',
    }),
    scope: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        title: '权限范围 / Scope',
        description: '要求的 scope，以空格分隔 / Scopes asked for, parted by blanks',
      }),
    ),
    style: Type.Optional(
      Type.Enum(['basic', 'body'], {
        default: 'basic',
        title: '密钥放置 / Style',
        description:
          '客户端密钥放在 Basic 请求头还是表单里 / Client secret in the Basic header or in the form',
      }),
    ),
    valuePath: Type.Optional(
      AnswerPath({
        default: 'access_token',
        title: '令牌路径 / Path of the value',
        description: '应答中令牌的位置，如 data.accessToken / Where the answer holds the token',
      }),
    ),
    lifetimePath: Type.Optional(
      AnswerPath({
        default: 'expires_in',
        title: '有效期路径 / Path of the lifetime',
        description:
          '应答中有效秒数的位置；没有则按 300 秒 / Where it holds the seconds; 300 where it has none',
      }),
    ),
    ...carrier,
  },
  { additionalProperties: false, title: 'OAuth2 客户端凭证 / OAuth2 client credentials' },
)
export type OAuth2Access = Static<typeof OAuth2Access>

export const Access = Type.Union([NoAccess, ApiKeyAccess, BasicAccess, OAuth2Access], {
  title: '调用认证 / Access',
  description:
    '我方调用对方接口时如何认证：推送结果、轮询、查询、取附件都用它 / How our calls prove who we are: deliveries, polls, look-ups, files',
})

export const Tls = Type.Object(
  {
    certificate: Type.Optional(
      pem({ title: '客户端证书 / Certificate', description: '我方证书，PEM / Our certificate, PEM' }),
    ),
    key: Type.Optional(
      pem({ title: '客户端私钥 / Private key', description: '证书的私钥，PEM / Its private key, PEM' }),
    ),
    ca: Type.Optional(
      pem({
        title: '对方根证书 / Authority',
        description: '另外信任的根证书，PEM / Authority trusted beside the public ones, PEM',
      }),
    ),
  },
  {
    additionalProperties: false,
    title: '双向 TLS / Mutual TLS',
    description:
      '对方要求客户端证书，或用自己的根证书时填写 / Where the partner asks for a certificate, or has its own authority',
  },
)
