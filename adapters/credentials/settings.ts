/** How a sender proves who it is over HTTP: the parts of settings that protocols share. */
import Type, { type Static, type TString } from 'typebox'

export const headerNamePattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"

export function headerName(options: { default: string; title?: string; description: string }): TString {
  return Type.String({ pattern: headerNamePattern, ...options })
}

export function secret(options: { title: string; description: string }): TString {
  return Type.String({ minLength: 16, maxLength: 1000, writeOnly: true, ...options })
}

/** Where a signature travels. Both directions share the scheme and these defaults. */
export const SignatureHeaders = Type.Object(
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

export const HmacAuthentication = Type.Object(
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

export const ApiKeyAuthentication = Type.Object(
  { kind: Type.Literal('api-key', { title: '方式 / Kind' }) },
  { additionalProperties: false, title: '本平台发放的 API 密钥 / API key of this gateway' },
)

export const BasicAuthentication = Type.Object(
  {
    kind: Type.Literal('basic', { title: '方式 / Kind' }),
    user: Type.String({
      pattern: '^[^:]{1,200}$',
      title: '用户名 / User name',
      description: '发给对方的用户名 / The name that was given to the partner',
    }),
    password: secret({
      title: '口令 / Password',
      description: '至少 16 个字符 / 16 characters or more',
    }),
    previousPassword: Type.Optional(
      secret({
        title: '旧口令 / Previous password',
        description: '更换口令期间仍接受 / Still accepted while the partner changes to the new one',
      }),
    ),
  },
  { additionalProperties: false, title: '用户名和口令 (HTTP Basic) / User name and password (HTTP Basic)' },
)
export type BasicAuthentication = Static<typeof BasicAuthentication>

export const HeaderAuthentication = Type.Object(
  {
    kind: Type.Literal('header', { title: '方式 / Kind' }),
    header: Type.Optional(
      headerName({
        default: 'x-api-key',
        title: '请求头 / Header',
        description: '口令放在哪个请求头 / The header that carries the secret',
      }),
    ),
    secret: secret({
      title: '口令 / Secret',
      description:
        '对方每次请求都原样带上，至少 16 个字符 / Sent as it is with every request, 16 characters or more',
    }),
    previousSecret: Type.Optional(
      secret({
        title: '旧口令 / Previous secret',
        description: '更换口令期间仍接受 / Still accepted while the partner changes to the new one',
      }),
    ),
  },
  { additionalProperties: false, title: '请求头口令 / Secret in a header' },
)
export type HeaderAuthentication = Static<typeof HeaderAuthentication>
