/** A SOAP call's records. */
import { DecodeError, type RawPayload, type SourceRecord } from '../adapter.ts'
import { recordOf, recordsAt, xmlDocumentOf } from '../reading/xml-payload.ts'
import { readXml } from '../reading/xml-read.ts'
import { childrenOf, isElement, textOf, type XmlValue } from '../reading/xml-tree.ts'
import { envelopeOf } from './envelope.ts'
import type { Operation } from './service-settings.ts'
import type { SoapSettings } from './settings.ts'

/**
 * Each record is the tree of its element, with the parameters that the operation carries and the operation's name under
 * `operation`. Throws DecodeError for the payload as a whole.
 */
export function recordsOf(payload: RawPayload, { service, ...settings }: SoapSettings): SourceRecord[] {
  const { name, value } = envelopeOf(xmlDocumentOf(payload, settings))
  const operation = service?.operations.find((one) => (one.element ?? one.name) === name)
  if (!operation) throw unknownOperation(name, service?.operations ?? [])
  const more: Record<string, unknown> = {}
  for (const parameter of operation.carry ?? []) more[parameter] = textOf(childrenOf(value, parameter)[0])
  more[service?.operationField ?? 'operation'] = operation.name
  const source =
    operation.payloadParameter === undefined ? value : innerValue(value, operation.payloadParameter)
  const position = `/${operation.name}${operation.payloadParameter === undefined ? '' : `/${operation.payloadParameter}`}`
  return recordsAt(source, operation.records, position).map((found) => recordOf(found, more))
}

/** The work order within a string parameter, escaped or as CDATA. Its own declaration of a charset says nothing: it is text by now. */
function innerValue(parameters: XmlValue, parameter: string): XmlValue {
  const [value] = childrenOf(parameters, parameter)
  if (value === undefined)
    throw new DecodeError(
      'payload.no-records',
      `The call has no parameter "${parameter}", which holds the work order as an XML text. Send it.`,
      `/${parameter}`,
    )
  if (isElement(value)) return unwrapped(value, parameter)
  return readXml(value.replace(/^[\s\ufeff]+/, ''), {
    words: {
      noun: `XML in parameter "${parameter}"`,
      whenCutOff: 'Send the whole of it.',
      place: (index) => `character ${index} of parameter "${parameter}"`,
    },
  }).value
}

/** Some toolkits put the work order there as elements, unescaped. */
function unwrapped(value: XmlValue, parameter: string): XmlValue {
  const roots = Object.keys(value).filter((key) => !/^[@#]/.test(key))
  const [root, ...more] = childrenOf(value, roots[0] ?? '')
  if (roots.length === 1 && root !== undefined && more.length === 0) return root
  throw new DecodeError(
    'payload.not-xml',
    `Parameter "${parameter}" holds several elements. Send one XML document in it, escaped or as CDATA.`,
    `/${parameter}`,
  )
}

function unknownOperation(name: string | undefined, known: readonly Operation[]): DecodeError {
  const names = known.map((one) => one.name).join(', ')
  return new DecodeError(
    'payload.unknown-operation',
    name === undefined
      ? `The SOAP body is empty. Call one of the operations: ${names}.`
      : `The call is for an operation that this service does not have. Its operations are: ${names}. See its WSDL.`,
    '/Body',
  )
}
