/** A notice as an XML document for the partner, and its answer. */
import { randomUUID } from 'node:crypto'
import type { Notice } from '../../schemas/delivery.ts'
import type { Answer, Channel, OutgoingAnswer, OutgoingRequest } from '../adapter.ts'
import { signedHeaders } from '../credentials/signature.ts'
import type { Call } from '../over-http/call.ts'
import { RequestFault } from '../over-http/request-fault.ts'
import { isSettingsOf } from '../over-http/settings-check.ts'
import { urlOf } from '../over-http/url.ts'
import { xmlDocumentOf } from '../reading/xml-payload.ts'
import { isElement } from '../reading/xml-tree.ts'
import { encodeXml, writeXml, XmlNameError, type XmlCharset } from '../reading/xml-write.ts'
import { RequestSettings, type HttpXmlSettings } from './settings.ts'

/** Throws RequestFault. */
export function buildRequest(
  notice: Notice,
  { settings, now }: Channel<HttpXmlSettings>,
  { settings: request, body }: Call,
): OutgoingRequest {
  if (!isSettingsOf(RequestSettings, request))
    throw new RequestFault(
      `The mapping's request "${notice.request}" has wrong settings: it needs path, and may have method, root and headers.`,
    )
  const {
    baseUrl,
    encoding = 'utf-8',
    signing,
    headers = {},
    idempotencyHeader = 'Idempotency-Key',
  } = settings
  if (baseUrl === undefined)
    throw new RequestFault('The channel has no baseUrl. Set it under reverse.settings.')
  const { method = 'POST' } = request
  const url = urlOf(baseUrl, request.path, notice)
  const bytes =
    method === 'GET' || body === undefined ? new Uint8Array() : documentOf(request, body, encoding)
  const call = { method, url, body: bytes, nonce: randomUUID(), at: now(), headers: signing?.headers }
  return {
    method,
    url,
    headers: {
      accept: 'application/xml, text/xml',
      ...(bytes.length > 0 && { 'content-type': `application/xml; charset=${encoding}` }),
      ...headers,
      ...request.headers,
      [idempotencyHeader]: notice.idempotencyKey,
      ...(signing && signedHeaders(signing.secret, call)),
    },
    ...(bytes.length > 0 && { body: bytes }),
  }
}

function documentOf({ root = 'request' }: RequestSettings, body: unknown, encoding: XmlCharset): Uint8Array {
  if (!isElement(body))
    throw new RequestFault("The body of the mapping's request must be an object: its fields become elements.")
  try {
    return encodeXml(writeXml(root, body), encoding)
  } catch (error) {
    if (error instanceof XmlNameError) throw new RequestFault(error.message)
    throw error
  }
}

/** The root's tree where it is XML, else text: whether that is a good answer is the mapping's business. */
export function answerOf({ status, headers, bytes }: OutgoingAnswer): Answer {
  try {
    return { status, headers, body: xmlDocumentOf({ bytes, headers }, {}).value }
  } catch {
    return { status, headers, body: Buffer.from(bytes).toString('utf8') }
  }
}
