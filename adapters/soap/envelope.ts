/** SOAP envelopes: reading what another sent, writing our own. */
import { DecodeError } from '../adapter.ts'
import { childrenOf, isElement, textOf, type XmlDocument, type XmlValue } from '../reading/xml-tree.ts'
import { envelopeNamespaces, versionOf, type SoapVersion } from './versions.ts'

export interface Envelope {
  readonly version: SoapVersion
  /** Name of the body's first element without prefix; undefined where the body is empty. */
  readonly name: string | undefined
  readonly value: XmlValue
}

/** Headers that are read or can be left unread: security is the door's business, addressing tells nothing that HTTP does not. */
const understood = new Set([
  'Security',
  'Action',
  'To',
  'From',
  'ReplyTo',
  'FaultTo',
  'MessageID',
  'RelatesTo',
])

/** Throws DecodeError. */
export function envelopeOf({ name, namespace, value }: XmlDocument): Envelope {
  if (name !== 'Envelope')
    throw new DecodeError(
      'payload.not-soap',
      'The XML is no SOAP envelope. Send the work order within Envelope and Body, as the WSDL says.',
    )
  const version = versionOf(namespace)
  if (version === undefined)
    throw new DecodeError(
      'payload.soap-version',
      'The envelope is in the namespace of neither SOAP 1.1 nor SOAP 1.2. Use one of the two.',
    )
  const [body, ...more] = childrenOf(value, 'Body')
  if (body === undefined || more.length > 0)
    throw new DecodeError(
      'payload.not-soap',
      'The SOAP envelope needs exactly one Body. Send it again with one.',
    )
  checkHeaders(childrenOf(value, 'Header')[0])
  const first = isElement(body) ? Object.keys(body).find((key) => !/^[@#]/.test(key)) : undefined
  return { version, name: first, value: childrenOf(body, first ?? '')[0] ?? '' }
}

/** SOAP 1.1, 4.2.3: a header that must be understood and is not stops the message. */
function checkHeaders(header: XmlValue | undefined): void {
  if (!isElement(header)) return
  for (const name of Object.keys(header)) {
    const isStrange = !understood.has(name) && childrenOf(header, name).some(isMandatory)
    if (isStrange)
      throw new DecodeError(
        'payload.must-understand',
        'The envelope has a header that must be understood (mustUnderstand), and this service does not know it. Leave it out.',
      )
  }
}

function isMandatory(block: XmlValue): boolean {
  return isElement(block) && /^(1|true)$/.test(textOf(block['@mustUnderstand']))
}

/** `header` and `body` are XML. */
export function envelopeText(
  version: SoapVersion,
  { header = '', body }: { header?: string; body: string },
): string {
  const head = header === '' ? '' : `<soap:Header>${header}</soap:Header>`
  return `<soap:Envelope xmlns:soap="${envelopeNamespaces[version]}">${head}<soap:Body>${body}</soap:Body></soap:Envelope>`
}
