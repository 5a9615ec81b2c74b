/** The WSDL 1.1 of our service: document/literal, wrapped, one port for each SOAP version. */
import { encodeXml, writeXml } from '../reading/xml-write.ts'
import type { Operation, Parameter, Service } from './service-settings.ts'

const soap11 = 'http://schemas.xmlsoap.org/wsdl/soap/'
const soap12 = 'http://schemas.xmlsoap.org/wsdl/soap12/'
const soapHttp = 'http://schemas.xmlsoap.org/soap/http'

/** Only GET, whatever the query: `?wsdl`, `?WSDL`, nothing. */
export function wsdlResponse(request: Request, service: Service): Response {
  return new Response(new Uint8Array(encodeXml(wsdlText(service, addressOf(request, service)), 'utf-8')), {
    headers: { 'content-type': 'text/xml; charset=utf-8' },
  })
}

/** `namespace/operation`, as most toolkits would make it. */
export function actionOf(namespace: string, operation: string, action?: string): string {
  return action ?? `${namespace.replace(/\/$/, '')}/${operation}`
}

export function wsdlText(service: Service, address: string): string {
  const { namespace, operations, name = 'WorkOrderService' } = service
  return writeXml('wsdl:definitions', {
    '@name': name,
    '@targetNamespace': namespace,
    '@xmlns:wsdl': 'http://schemas.xmlsoap.org/wsdl/',
    '@xmlns:xsd': 'http://www.w3.org/2001/XMLSchema',
    '@xmlns:soap': soap11,
    '@xmlns:soap12': soap12,
    '@xmlns:tns': namespace,
    'wsdl:types': { 'xsd:schema': schemaOf(service) },
    'wsdl:message': operations.flatMap(messagesOf),
    'wsdl:portType': { '@name': `${name}PortType`, 'wsdl:operation': operations.map(portOperation) },
    'wsdl:binding': ['soap', 'soap12'].map((prefix) => binding(prefix, name, service)),
    'wsdl:service': {
      '@name': name,
      'wsdl:port': ['soap', 'soap12'].map((prefix) => ({
        '@name': `${name}${suffixOf(prefix)}`,
        '@binding': `tns:${name}${suffixOf(prefix)}Binding`,
        [`${prefix}:address`]: { '@location': address },
      })),
    },
  })
}

function schemaOf({ namespace, operations }: Service): object {
  return {
    '@targetNamespace': namespace,
    '@elementFormDefault': 'qualified',
    'xsd:element': [...operations.flatMap(elementsOf), ...problemElement],
    'xsd:complexType': operations.some((one) => one.resultParameter === undefined) ? [recordType] : [],
  }
}

function elementsOf({
  name,
  element = name,
  parameters = [],
  resultParameter,
  ...operation
}: Operation): object[] {
  const named = new Set(parameters.map((one) => (typeof one === 'string' ? one : one.name)))
  const unnamed = [...(operation.carry ?? []), operation.payloadParameter].filter(
    (one) => one !== undefined && !named.has(one),
  ) as string[]
  return [
    sequence(element, [...unnamed, ...parameters].map(parameterElement)),
    sequence(
      `${element}Response`,
      resultParameter === undefined ? resultElements : [textElement(resultParameter)],
    ),
  ]
}

function parameterElement(parameter: Parameter): object {
  if (typeof parameter === 'string') return textElement(parameter)
  const { name, many = false, fields } = parameter
  return {
    '@name': name,
    '@minOccurs': '0',
    '@maxOccurs': many ? 'unbounded' : '1',
    'xsd:complexType': {
      'xsd:sequence':
        fields === undefined
          ? { 'xsd:any': { '@minOccurs': '0', '@maxOccurs': 'unbounded', '@processContents': 'skip' } }
          : { 'xsd:element': fields.map(textElement) },
    },
  }
}

function textElement(name: string): object {
  return { '@name': name, '@type': 'xsd:string', '@minOccurs': '0' }
}

function sequence(name: string, elements: readonly object[]): object {
  return { '@name': name, 'xsd:complexType': { 'xsd:sequence': { 'xsd:element': elements } } }
}

const resultElements = [
  { '@name': 'code', '@type': 'xsd:string' },
  { '@name': 'message', '@type': 'xsd:string' },
  { '@name': 'receipt', '@type': 'xsd:string' },
  { '@name': 'count', '@type': 'xsd:int' },
  { '@name': 'record', '@type': 'tns:record', '@minOccurs': '0', '@maxOccurs': 'unbounded' },
]
const recordType = {
  '@name': 'record',
  'xsd:sequence': {
    'xsd:element': [
      { '@name': 'index', '@type': 'xsd:int' },
      { '@name': 'result', '@type': 'xsd:string' },
      ...['externalId', 'code', 'message'].map(textElement),
    ],
  },
}
const problemElement = [sequence('problem', ['code', 'receipt'].map(textElement))]

function messagesOf({ name, element = name }: Operation): object[] {
  const part = (of: string) => ({ '@name': 'parameters', '@element': `tns:${of}` })
  return [
    { '@name': `${name}Input`, 'wsdl:part': part(element) },
    { '@name': `${name}Output`, 'wsdl:part': part(`${element}Response`) },
  ]
}

function portOperation({ name }: Operation): object {
  return {
    '@name': name,
    'wsdl:input': { '@message': `tns:${name}Input` },
    'wsdl:output': { '@message': `tns:${name}Output` },
  }
}

function binding(prefix: string, service: string, { namespace, operations }: Service): object {
  const body = { [`${prefix}:body`]: { '@use': 'literal' } }
  return {
    '@name': `${service}${suffixOf(prefix)}Binding`,
    '@type': `tns:${service}PortType`,
    [`${prefix}:binding`]: { '@style': 'document', '@transport': soapHttp },
    'wsdl:operation': operations.map(({ name, action }) => ({
      '@name': name,
      [`${prefix}:operation`]: { '@soapAction': actionOf(namespace, name, action), '@style': 'document' },
      'wsdl:input': body,
      'wsdl:output': body,
    })),
  }
}

function suffixOf(prefix: string): string {
  return prefix === 'soap' ? 'Soap' : 'Soap12'
}

/** The setting first; a Host header is what the caller says, and a forwarding header what anybody may say. */
function addressOf(request: Request, { publicUrl, trustForwarded = false }: Service): string {
  if (publicUrl !== undefined) return publicUrl
  const url = new URL(request.url)
  const proto = request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim() ?? ''
  const host = request.headers.get('x-forwarded-host')?.split(',')[0]?.trim() ?? ''
  const isForwarded = trustForwarded && /^https?$/.test(proto)
  const origin = `${isForwarded ? proto : url.protocol.slice(0, -1)}://${trustForwarded && /^[\w.:[\]-]{1,255}$/.test(host) ? host : url.host}`
  return `${origin}${url.pathname}`
}
