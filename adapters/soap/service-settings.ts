/** Settings of the service that the partner calls. */
import Type, { type Static } from 'typebox'
import { ResultCodes } from '../over-http/result.ts'

export const elementName = '^[\\p{L}_][\\p{L}\\p{N}_.-]{0,99}$'

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

export const Service = Type.Object(
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
