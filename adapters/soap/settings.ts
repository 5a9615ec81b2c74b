import Type, { type Static } from 'typebox'
import {
  ApiKeyAuthentication,
  BasicAuthentication,
  headerName,
  headerNamePattern,
  HeaderAuthentication,
  secret,
} from '../credentials/settings.ts'
import { ResultCodes } from '../over-http/result.ts'

const elementName = '^[\\p{L}_][\\p{L}\\p{N}_.-]{0,99}$'

const Version = Type.Enum(['1.1', '1.2'], {
  title: 'SOAP 版本 / SOAP version',
  description: '调用对方时使用的版本，缺省 1.1 / Version of our calls; 1.1 where missing',
})

const Parameter = Type.Union([
  Type.String({ pattern: elementName, title: '文本参数 / Text' }),
  Type.Object(
    {
      name: Type.String({ pattern: elementName, description: '名称 / Name' }),
      many: Type.Optional(Type.Boolean({ description: '可重复 / May be repeated' })),
      fields: Type.Optional(
        Type.Array(Type.String({ pattern: elementName }), {
          maxItems: 200,
          description: '其中的字段；不填则任意 / Its fields; anything where missing',
        }),
      ),
    },
    { additionalProperties: false, title: '结构参数 / Structure' },
  ),
])
export type Parameter = Static<typeof Parameter>

const Operation = Type.Object(
  {
    name: Type.String({ pattern: elementName, title: '操作名 / Operation' }),
    element: Type.Optional(
      Type.String({
        pattern: elementName,
        title: '请求元素 / Request element',
        description:
          'Body 中的元素名，缺省与操作同名 / Element in the body; the operation’s name where missing',
      }),
    ),
    action: Type.Optional(
      Type.String({
        maxLength: 300,
        title: 'SOAPAction',
        description:
          '写在 WSDL 里，缺省为“命名空间/操作名” / As the WSDL says; namespace/operation where missing',
      }),
    ),
    parameters: Type.Optional(
      Type.Array(Parameter, {
        maxItems: 200,
        title: '参数 / Parameters',
        description: '写在 WSDL 里的参数 / Parameters that the WSDL names',
      }),
    ),
    payloadParameter: Type.Optional(
      Type.String({
        pattern: elementName,
        title: '工单报文参数 / Payload parameter',
        description:
          '工单以 XML 文本放在这个字符串参数里 / The string parameter that holds the work order as an XML text',
      }),
    ),
    records: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        title: '条目路径 / Path of the records',
        description:
          '条目在参数（或报文根元素）之下的位置，如 orders.order；不填则整体为一条 / Where the records stand below the parameters, or below the payload’s root; missing: all of it is one',
      }),
    ),
    carry: Type.Optional(
      Type.Array(Type.String({ pattern: elementName }), {
        maxItems: 20,
        title: '带入条目的参数 / Carried parameters',
        description: '复制到每个条目的其他参数 / Other parameters that every record gets',
      }),
    ),
    resultParameter: Type.Optional(
      Type.String({
        pattern: elementName,
        title: '结果参数 / Result parameter',
        description:
          '结果以 XML 文本放在这个字符串参数里；不填为结构化结果 / The string that holds our result as an XML text; missing: a structured result',
      }),
    ),
  },
  { additionalProperties: false, title: '操作 / Operation' },
)
export type Operation = Static<typeof Operation>

const Service = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_]{0,99}$',
        default: 'WorkOrderService',
        title: '服务名 / Service name',
        description: '写在 WSDL 里 / As the WSDL says',
      }),
    ),
    namespace: Type.String({
      minLength: 1,
      maxLength: 300,
      title: '命名空间 / Namespace',
      description: '本服务的目标命名空间 / Target namespace of our service',
    }),
    publicUrl: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s#@]+$',
        maxLength: 500,
        title: '对外地址 / Public address',
        description:
          'WSDL 里写的服务地址；不填则为取 WSDL 的地址 / Address that the WSDL names; where missing, that under which it was fetched',
      }),
    ),
    trustForwarded: Type.Optional(
      Type.Boolean({
        default: false,
        title: '信任转发头 / Trust forwarding headers',
        description:
          '前面有自己的反向代理时，采用 X-Forwarded-Proto 和 X-Forwarded-Host / Behind a proxy of your own: take X-Forwarded-Proto and X-Forwarded-Host',
      }),
    ),
    operations: Type.Array(Operation, {
      minItems: 1,
      maxItems: 50,
      title: '操作 / Operations',
      description: '对方可以调用的操作 / What the partner may call',
    }),
    operationField: Type.Optional(
      Type.String({
        pattern: elementName,
        default: 'operation',
        title: '操作名字段 / Field of the operation',
        description: '操作名放在条目的这个字段里 / Field of each record that holds the operation’s name',
      }),
    ),
    codes: Type.Optional(ResultCodes),
  },
  {
    additionalProperties: false,
    title: '本方服务 / Our service',
    description: '对方调用我们的 SOAP 服务 / The SOAP service that the partner calls',
  },
)
export type Service = Static<typeof Service>

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

const user = Type.String({ minLength: 1, maxLength: 200, description: '用户名 / User name' })
const password = Type.String({
  minLength: 1,
  maxLength: 1000,
  writeOnly: true,
  description: '口令 / Password',
})

const Login = Type.Union(
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
    encoding: Type.Optional(
      Type.Enum(['utf-8', 'gb18030'], {
        default: 'utf-8',
        title: '发送编码 / Encoding of our calls',
        description: '回传报文的编码 / Encoding of what we send',
      }),
    ),
    login: Type.Optional(Login),
    parameters: Type.Optional(
      Type.Record(Type.String({ pattern: elementName }), Type.String({ maxLength: 4000, writeOnly: true }), {
        title: '固定参数 / Constant parameters',
        description:
          '每次调用都带上的参数，例如接口口令 / Parameters of every call, for example an interface password',
      }),
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
  { additionalProperties: false, title: 'SOAP' },
)
export type SoapSettings = Static<typeof SoapSettings>

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
