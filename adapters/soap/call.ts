/** Which operation a payload calls, without reading all of it: an answer needs it, also where the payload was refused. */
import type { RefusedPayload } from '../adapter.ts'
import { markupAt, type XmlWords } from '../reading/xml-markup.ts'
import { nameAt } from '../reading/xml-attributes.ts'
import type { Operation, Service } from './service-settings.ts'
import { envelopeNamespaces, type SoapVersion } from './versions.ts'

export interface SoapCall {
  readonly version: SoapVersion
  readonly operation: Operation | undefined
}

const windowBytes = 65_536
const words: XmlWords = { noun: '', whenCutOff: '', whenDtd: '', place: () => '' }

/** What cannot be seen in the first 64 KiB is taken from the Content-Type: SOAP 1.2 has one of its own. */
export function callOf({ bytes, headers }: RefusedPayload, service: Service | undefined): SoapCall {
  const seen = seenIn(Buffer.from((bytes ?? new Uint8Array()).subarray(0, windowBytes)).toString('utf8'))
  const said = /^\s*application\/soap\+xml/i.test(headers['content-type'] ?? '') ? '1.2' : '1.1'
  return {
    version: seen.version ?? said,
    operation: service?.operations.find(({ name, element = name }) => element === seen.operation),
  }
}

function seenIn(text: string): { version?: SoapVersion; operation?: string } {
  const seen: { version?: SoapVersion; operation?: string } = {}
  let isInBody = false
  try {
    for (let at = text.indexOf('<'); at !== -1;) {
      const { kind, end } = markupAt(text, at, words)
      if (kind === 'start' || kind === 'empty') {
        const name = nameAt(text, at + 1)?.replace(/^.*:/, '') ?? ''
        if (isInBody) return { ...seen, operation: name }
        if (name === 'Envelope') Object.assign(seen, versionIn(text.slice(at, end)))
        isInBody = name === 'Body'
      }
      at = text.indexOf('<', end)
    }
  } catch {
    // The window ends within a mark, or the payload is none: what was seen is all there is to see.
  }
  return seen
}

function versionIn(tag: string): { version?: SoapVersion } {
  if (tag.includes(envelopeNamespaces['1.2'])) return { version: '1.2' }
  return tag.includes(envelopeNamespaces['1.1']) ? { version: '1.1' } : {}
}
