/** A partner's answer to a SOAP call. */
import type { Outcome } from '../../schemas/delivery.ts'
import type { Answer, OutgoingAnswer } from '../adapter.ts'
import type { Call } from '../over-http/call.ts'
import { outcomeOfStatus } from '../over-http/outcome.ts'
import { xmlDocumentOf } from '../reading/xml-payload.ts'
import { readXml } from '../reading/xml-read.ts'
import { childrenOf, isElement, textOf, type XmlValue } from '../reading/xml-tree.ts'
import { envelopeOf } from './envelope.ts'

/** What a mapping reads of a Fault, in either version. */
export interface FaultTree {
  /** `Client`, `Server`, `VersionMismatch`, `MustUnderstand`, as SOAP 1.1 names them; anything else as `Server`. */
  readonly code: string
  readonly text: string
  readonly detail: XmlValue
}

/**
 * The mapping sees as `body` the tree of the operation's response, or `{ fault }`, or text where it is no envelope. A result
 * that is an XML text in one parameter is read as XML again where the request says so.
 */
export function answerOf({ status, headers, bytes }: OutgoingAnswer, { settings }: Call): Answer {
  try {
    const { name, value } = envelopeOf(xmlDocumentOf({ bytes, headers }, {}))
    if (name === 'Fault') return { status, headers, body: { fault: faultOf(value) } }
    const { resultParameter } = settings
    return {
      status,
      headers,
      body: typeof resultParameter === 'string' ? innerResult(value, resultParameter) : value,
    }
  } catch {
    return { status, headers, body: Buffer.from(bytes).toString('utf8') }
  }
}

function innerResult(value: XmlValue, parameter: string): unknown {
  const text = textOf(childrenOf(value, parameter)[0])
  return text.startsWith('<') ? readXml(text).value : text
}

function faultOf(fault: XmlValue): FaultTree {
  const first = (value: unknown, name: string): XmlValue => childrenOf(value, name)[0] ?? ''
  const written = textOf(first(fault, 'faultcode')) || textOf(first(first(fault, 'Code'), 'Value'))
  return {
    code: codeOf(written),
    text: textOf(first(fault, 'faultstring')) || textOf(first(first(fault, 'Reason'), 'Text')),
    detail: childrenOf(fault, 'detail')[0] ?? first(fault, 'Detail'),
  }
}

/** `soap:Client.Authentication` is a Client. */
function codeOf(written: string): string {
  const code = written.replace(/^[^:]*:/, '').replace(/\..*$/s, '')
  if (code === 'Sender') return 'Client'
  return ['Client', 'VersionMismatch', 'MustUnderstand', 'DataEncodingUnknown'].includes(code)
    ? code
    : 'Server'
}

/** Statuses that say more than the Fault that came with them. */
const tellingStatuses = new Set([401, 403, 408, 425, 429, 503])

/** Where the mapping has no opinion. A Fault of the caller's is one of ours: the same again would be refused again. */
export function outcomeOf(answer: Answer, now: Date): Outcome {
  const fault = isElement(answer.body) ? answer.body['fault'] : undefined
  if (!isElement(fault) || tellingStatuses.has(answer.status)) return outcomeOfStatus(answer, now)
  const code = textOf(fault['code'])
  if (code === 'Server')
    return {
      kind: 'ambiguous',
      detail: `The partner answered with a SOAP fault of its own (HTTP ${answer.status}); it may have taken the notice before it failed.`,
    }
  return {
    kind: 'permanent',
    detail: `The partner answered with a SOAP fault (${code}): it refuses the call as it is. Compare operation, namespace and parameters with its WSDL.`,
  }
}
