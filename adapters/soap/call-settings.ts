/** Settings of our calls to the partner's service. */
import Type, { type Static } from 'typebox'
import { elementName } from './service-settings.ts'

export const Version = Type.Enum(['1.1', '1.2'], {
  title: 'SOAP 版本 / SOAP version',
  description: '调用对方时使用的版本，缺省 1.1 / Version of our calls; 1.1 where missing',
})

const user = Type.String({ minLength: 1, maxLength: 200, description: '用户名 / User name' })
const password = Type.String({
  minLength: 1,
  maxLength: 1000,
  writeOnly: true,
  description: '口令 / Password',
})

export const Login = Type.Union(
  [
    Type.Object(
      { kind: Type.Literal('basic', { title: '方式 / Kind' }), user, password },
      { additionalProperties: false, title: 'HTTP Basic（请求头）/ HTTP Basic (header)' },
    ),
    Type.Object(
      {
        kind: Type.Literal('username-token', { title: '方式 / Kind' }),
        user,
        password,
        form: Type.Optional(
          Type.Enum(['text', 'digest'], { default: 'text', description: '口令形式 / Form of the password' }),
        ),
      },
      {
        additionalProperties: false,
        title: 'WS-Security UsernameToken（报文头）/ WS-Security UsernameToken (header)',
      },
    ),
  ],
  {
    title: '登录方式 / Login',
    description: '调用对方时如何证明身份 / How we prove who we are when we call',
  },
)

/** What a mapping writes under `reverse.requests.<name>.settings`. */
export const RequestSettings = Type.Object(
  {
    operation: Type.String({ pattern: elementName, description: '操作名 / Operation' }),
    action: Type.Optional(
      Type.String({
        maxLength: 300,
        description: 'SOAPAction，缺省为“命名空间/操作名” / namespace/operation where missing',
      }),
    ),
    namespace: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 300,
        description: '命名空间，缺省用渠道设置 / The channel’s where missing',
      }),
    ),
    version: Type.Optional(Version),
    elements: Type.Optional(
      Type.Enum(['qualified', 'unqualified'], {
        default: 'qualified',
        description: '参数是否带命名空间 / Whether parameters are in the namespace (elementFormDefault)',
      }),
    ),
    parameter: Type.Optional(
      Type.Object(
        {
          name: Type.String({ pattern: elementName, description: '参数名 / Parameter' }),
          root: Type.String({ pattern: elementName, description: '报文根元素 / Root element of the text' }),
        },
        {
          additionalProperties: false,
          description:
            '把 body 写成 XML 文本放进一个字符串参数；不填则 body 的字段就是参数 / The body goes as an XML text into one string parameter; missing: its fields are the parameters',
        },
      ),
    ),
    resultParameter: Type.Optional(
      Type.String({
        pattern: elementName,
        description:
          '结果以 XML 文本放在这个返回参数里 / The part of the answer that holds the result as an XML text',
      }),
    ),
  },
  { additionalProperties: false, title: '请求 / Request' },
)
export type RequestSettings = Static<typeof RequestSettings>
