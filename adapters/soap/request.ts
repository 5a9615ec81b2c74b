/** A notice as a SOAP call to the partner. */
import { randomBytes } from 'node:crypto'
import type { Notice } from '../../schemas/delivery.ts'
import type { Channel, OutgoingRequest } from '../adapter.ts'
import type { Call } from '../over-http/call.ts'
import { RequestFault } from '../over-http/request-fault.ts'
import { isSettingsOf } from '../over-http/settings-check.ts'
import { isElement } from '../reading/xml-tree.ts'
import { encodeXml, writeXml, xmlDeclaration, XmlNameError, type XmlCharset } from '../reading/xml-write.ts'
import { envelopeText } from './envelope.ts'
import { RequestSettings } from './call-settings.ts'
import type { SoapSettings } from './settings.ts'
import { usernameToken } from './username-token.ts'
import { soapHeaders } from './versions.ts'
import { actionOf } from './wsdl.ts'

/** Throws RequestFault. */
export function buildRequest(
  notice: Notice,
  { settings, now }: Channel<SoapSettings>,
  { settings: request, body }: Call,
): OutgoingRequest {
  if (!isSettingsOf(RequestSettings, request))
    throw new RequestFault(
      `The mapping's request "${notice.request}" has wrong settings: it needs operation, and may have action, namespace, version, elements, parameter and resultParameter.`,
    )
  const {
    endpoint,
    encoding = 'utf-8',
    login,
    headers = {},
    idempotencyHeader = 'Idempotency-Key',
  } = settings
  const namespace = request.namespace ?? settings.namespace
  if (endpoint === undefined)
    throw new RequestFault('The channel has no endpoint. Set it under reverse.settings.')
  if (namespace === undefined)
    throw new RequestFault(
      'Neither the channel nor the request names a namespace. Set it under reverse.settings.',
    )
  const version = request.version ?? settings.version ?? '1.1'
  const header =
    login?.kind === 'username-token' ? usernameToken(login, { nonce: randomBytes(16), at: now() }) : ''
  const operation = operationXml(request, { namespace, encoding, constants: settings.parameters ?? {}, body })
  return {
    method: 'POST',
    url: endpoint,
    headers: {
      accept: version === '1.1' ? 'text/xml' : 'application/soap+xml',
      ...soapHeaders(version, {
        charset: encoding,
        action: actionOf(namespace, request.operation, request.action),
      }),
      ...loginHeaders(login),
      ...headers,
      [idempotencyHeader]: notice.idempotencyKey,
    },
    body: encodeXml(envelopeText(version, { header, body: operation }), encoding),
  }
}

export function loginHeaders(login: SoapSettings['login']): Record<string, string> {
  if (login?.kind !== 'basic') return {}
  return { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` }
}

function operationXml(
  { operation, parameter, elements = 'qualified' }: RequestSettings,
  parts: {
    namespace: string
    encoding: XmlCharset
    constants: Readonly<Record<string, string>>
    body: unknown
  },
): string {
  const { namespace, encoding, constants, body } = parts
  if (body !== undefined && !isElement(body))
    throw new RequestFault("The body of the mapping's request must be an object: its fields become elements.")
  try {
    const content =
      parameter === undefined
        ? body
        : { [parameter.name]: `${xmlDeclaration(encoding)}${writeXml(parameter.root, body ?? {})}` }
    const isQualified = elements === 'qualified'
    return writeXml(isQualified ? operation : `m:${operation}`, {
      [isQualified ? '@xmlns' : '@xmlns:m']: namespace,
      ...constants,
      ...content,
    })
  } catch (error) {
    if (error instanceof XmlNameError) throw new RequestFault(error.message)
    throw error
  }
}
