/** SOAP 1.1 and 1.2 in both directions: our service with its WSDL, and calls to the partner's. */
import type { Adapter, Finding, OutgoingAnswer } from '../adapter.ts'
import { verifySender } from '../credentials/verify.ts'
import { deliverBy, lookUpBy, type Caller } from '../over-http/call.ts'
import { testConnection } from '../over-http/connection-test.ts'
import { xmlDocumentOf } from '../reading/xml-payload.ts'
import { answerOf, outcomeOf } from './answer.ts'
import { recordsOf } from './decode.ts'
import { buildRequest, loginHeaders } from './request.ts'
import { refuse, respondTo } from './respond.ts'
import { RequestSettings } from './call-settings.ts'
import { SoapSettings } from './settings.ts'
import { verifyUsernameToken } from './username-token.ts'
import { wsdlResponse } from './wsdl.ts'

const caller: Caller<SoapSettings> = { build: buildRequest, read: answerOf, outcomeOf }

export const soap: Adapter<SoapSettings> = {
  protocol: 'soap',
  settings: SoapSettings,
  requestSettings: RequestSettings,

  async authenticate(payload, { settings: { authentication }, now }) {
    return authentication?.kind === 'username-token'
      ? verifyUsernameToken(payload, authentication, now())
      : verifySender(payload, authentication, now())
  },

  async *decode(payload, { settings }) {
    yield* recordsOf(payload, settings)
  },

  respond: (stored, { settings }, payload) => respondTo(stored, settings, payload),
  refuse: (problem, { settings }, refused) => refuse(problem, settings, refused),

  async handle(request, { settings: { service } }) {
    return request.method === 'GET' && service ? wsdlResponse(request, service) : null
  },

  deliver: (notice, channel, signal) => deliverBy(caller, notice, channel, signal),
  lookup: (notice, channel, signal) => lookUpBy(caller, notice, channel, signal),

  test: (channel) => {
    const { endpoint, login, headers } = channel.settings
    return testConnection(channel, {
      address: endpoint === undefined ? undefined : `${endpoint}${endpoint.includes('?') ? '&' : '?'}wsdl`,
      setting: 'endpoint',
      headers: { accept: 'text/xml', ...loginHeaders(login), ...headers },
      look: (answer) => wsdlFindings(answer, channel.settings),
    })
  },
}

function wsdlFindings(answer: OutgoingAnswer, { login, namespace }: SoapSettings): Finding[] {
  if (answer.status === 401 && login?.kind === 'basic')
    return [{ level: 'error', subject: 'login', detail: 'It refuses our user name and password (login).' }]
  if (answer.status !== 200) return []
  const found = theirNamespace(answer)
  if (found === undefined)
    return [
      {
        level: 'warning',
        subject: 'settings',
        detail: 'It shows no WSDL under ?wsdl. Is endpoint the address of a SOAP service?',
      },
    ]
  return namespace === undefined || namespace === found
    ? [{ level: 'ok', subject: 'rights', detail: 'Its WSDL can be read.' }]
    : [
        {
          level: 'warning',
          subject: 'settings',
          detail: 'The targetNamespace of its WSDL is not the one in the setting namespace. Compare the two.',
        },
      ]
}

function theirNamespace(answer: OutgoingAnswer): string | undefined {
  try {
    const { name, value } = xmlDocumentOf(answer, {})
    const target = typeof value === 'string' ? '' : value['@targetNamespace']
    return name === 'definitions' && typeof target === 'string' ? target : undefined
  } catch {
    return undefined
  }
}
