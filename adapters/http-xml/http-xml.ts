/** Plain XML over HTTP in both directions: a push to us, a call to them. */
import type { Adapter, SourceRecord } from '../adapter.ts'
import { verifySender } from '../credentials/verify.ts'
import { deliverBy, lookUpBy, type Caller } from '../over-http/call.ts'
import { testConnection } from '../over-http/connection-test.ts'
import { recordOf, recordsAt, xmlDocumentOf, type XmlSource } from '../reading/xml-payload.ts'
import { childrenOf } from '../reading/xml-tree.ts'
import { answerOf, buildRequest } from './request.ts'
import { refuse, respondTo } from './respond.ts'
import { HttpXmlSettings, RequestSettings } from './settings.ts'

const caller: Caller<HttpXmlSettings> = { build: buildRequest, read: answerOf }

export const httpXml: Adapter<HttpXmlSettings> = {
  protocol: 'http-xml',
  settings: HttpXmlSettings,
  requestSettings: RequestSettings,

  async authenticate(payload, { settings, now }) {
    return verifySender(payload, settings.authentication, now())
  },

  async *decode(payload, { settings }) {
    yield* recordsOf(payload, settings)
  },

  respond: (stored, { settings }) => respondTo(stored, settings),
  refuse: (problem, { settings }) => refuse(problem, settings),

  deliver: (notice, channel, signal) => deliverBy(caller, notice, channel, signal),
  lookup: (notice, channel, signal) => lookUpBy(caller, notice, channel, signal),

  test: (channel) =>
    testConnection(channel, {
      address: channel.settings.baseUrl,
      setting: 'baseUrl',
      headers: { accept: 'application/xml, text/xml', ...channel.settings.headers },
    }),
}

/** Throws DecodeError for the payload as a whole. */
function recordsOf(payload: XmlSource, settings: HttpXmlSettings): SourceRecord[] {
  const { value } = xmlDocumentOf(payload, settings)
  const more: Record<string, unknown> = {}
  for (const name of settings.carry ?? []) {
    const [found] = childrenOf(value, name)
    if (found !== undefined) more[name] = found
  }
  return recordsAt(value, settings.records, '').map((found) => recordOf(found, more))
}
