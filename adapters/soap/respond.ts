/** What the caller reads: a response of its operation, or a Fault, in its own SOAP version. */
import type { Problem } from '../../schemas/problem.ts'
import type { Acknowledgement } from '../../schemas/receipt.ts'
import type { RefusedPayload } from '../adapter.ts'
import { keptNevertheless, resultOf, unreadable } from '../over-http/result.ts'
import { encodeXml, writeXml, xmlDeclaration } from '../reading/xml-write.ts'
import { callOf, type SoapCall } from './call.ts'
import { envelopeText } from './envelope.ts'
import type { Service } from './service-settings.ts'
import type { SoapSettings } from './settings.ts'
import { soapHeaders, type SoapVersion } from './versions.ts'

/** Whose fault it is, in the words of SOAP 1.1. */
type FaultCode = 'Client' | 'Server' | 'VersionMismatch' | 'MustUnderstand'

const codes12: Readonly<Record<FaultCode, string>> = {
  Client: 'Sender',
  Server: 'Receiver',
  VersionMismatch: 'VersionMismatch',
  MustUnderstand: 'MustUnderstand',
}

export interface Fault {
  readonly code: FaultCode
  /** What happened, why, what to do. */
  readonly text: string
  /** Our permanent code, and the receipt where the bytes were kept. */
  readonly detail: { readonly code: string; readonly receipt?: string }
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** What is stored is answered as kept; a payload that could not be read at all is a Fault that names its receipt. */
export function respondTo(
  stored: Acknowledgement,
  { service }: SoapSettings,
  payload: RefusedPayload,
): Response {
  const call = callOf(payload, service)
  const reason = unreadable(stored)
  if (reason)
    return faultResponse(call.version, service, {
      code: faultCodeOf(reason.code),
      text: keptNevertheless(reason, stored.receipt),
      detail: { code: reason.code, receipt: stored.receipt },
    })
  const body = envelopeText(call.version, { body: responseElement(stored, call, service) })
  return soapResponse(call.version, { status: 200, body })
}

/** Nothing was stored. */
export function refuse(
  problem: Problem,
  { service, authentication }: SoapSettings,
  refused: RefusedPayload,
): Response {
  const { version } = callOf(refused, service)
  return faultResponse(version, service, {
    code: problem.status < 500 ? 'Client' : 'Server',
    text: problem.detail ?? problem.title,
    detail: { code: problem.code, ...(problem.receipt !== undefined && { receipt: problem.receipt }) },
    ...(problem.status === 401 && { status: 401 }),
    headers: {
      ...(problem.status === 401 && {
        'www-authenticate': `${authentication?.kind === 'basic' ? 'Basic' : 'Bearer'} realm="guiyi"`,
      }),
      ...(problem.status === 503 && { 'retry-after': '5' }),
    },
  })
}

function responseElement(
  stored: Acknowledgement,
  { operation }: SoapCall,
  service: Service | undefined,
): string {
  const result = resultOf(stored, service?.codes)
  const name = operation?.element ?? operation?.name ?? 'receive'
  const content =
    operation?.resultParameter === undefined
      ? result
      : { [operation.resultParameter]: `${xmlDeclaration('utf-8')}${writeXml('result', result)}` }
  return writeXml(`${name}Response`, { '@xmlns': service?.namespace, ...content })
}

function faultCodeOf(code: string): FaultCode {
  if (code === 'payload.soap-version') return 'VersionMismatch'
  return code === 'payload.must-understand' ? 'MustUnderstand' : 'Client'
}

function faultResponse(version: SoapVersion, service: Service | undefined, fault: Fault): Response {
  const isSenders = fault.code === 'Client'
  return soapResponse(version, {
    status: fault.status ?? (version === '1.2' && isSenders ? 400 : 500),
    body: envelopeText(version, { body: faultElement(version, service, fault) }),
    headers: fault.headers ?? {},
  })
}

/** SOAP 1.1, 4.4; SOAP 1.2 Part 1, 5.4. */
function faultElement(version: SoapVersion, service: Service | undefined, fault: Fault): string {
  const detail = { problem: { '@xmlns': service?.namespace ?? 'urn:guiyi', ...fault.detail } }
  if (version === '1.1')
    return writeXml('soap:Fault', { faultcode: `soap:${fault.code}`, faultstring: fault.text, detail })
  return writeXml('soap:Fault', {
    'soap:Code': { 'soap:Value': `soap:${codes12[fault.code]}` },
    'soap:Reason': { 'soap:Text': { '@xml:lang': 'en', '#text': fault.text } },
    'soap:Detail': detail,
  })
}

function soapResponse(
  version: SoapVersion,
  {
    status,
    body,
    headers = {},
  }: { status: number; body: string; headers?: Readonly<Record<string, string>> },
): Response {
  return new Response(new Uint8Array(encodeXml(body, 'utf-8')), {
    status,
    headers: { ...soapHeaders(version, { charset: 'utf-8' }), ...headers },
  })
}
