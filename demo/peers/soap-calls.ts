/**
 * How a SOAP partner calls the gateway: with npm `soap` as its client, made from the gateway's own WSDL, and as an old
 * program does that writes its envelopes itself, in GB18030. Each call is repeated until the gateway answers it.
 */
import { XMLParser } from 'fast-xml-parser'
import iconv from 'iconv-lite'
import { BasicAuthSecurity, createClientAsync, type Client, type IHttpClient } from 'soap'
import type { GatewayAnswer, GatewayClient } from './gateway-client.ts'

export interface SoapCall {
  readonly operation: string
  /** Of its string parameter, which holds an XML text. */
  readonly parameter: string
  readonly text: string
}

export type SoapAnswer =
  | { readonly kind: 'result'; readonly receipt: string; readonly ends: readonly string[] }
  /** `receipt` where the bytes were kept nevertheless. */
  | { readonly kind: 'fault'; readonly status: number; readonly code: string; readonly receipt?: string }

export interface SoapCalls {
  /** By the next of this partner's ways. */
  call(call: SoapCall): Promise<SoapAnswer>
  /** The same, cut off on its way. */
  cutOff(call: SoapCall): Promise<SoapAnswer>
}

export interface SoapCaller {
  /** Of the feed, below the gateway's address. */
  readonly path: string
  readonly user: string
  readonly password: string
}

/** Result and Fault as their parsers show them. */
interface Result {
  readonly receipt: string
  readonly record?: readonly { readonly result: string }[]
}
interface Fault {
  readonly detail?: Detail
  readonly Detail?: Detail
}
type Detail = { readonly problem?: { readonly code?: string; readonly receipt?: string } }
interface Envelope {
  readonly Body: Readonly<Record<string, Result | Fault>>
}

/** What npm `soap` takes for the answer of its HTTP client. */
type Answered = Awaited<ReturnType<IHttpClient['request']>>

const ways = ['soap 1.1', 'GB18030 by its declaration', 'soap 1.2', 'GBK by its header'] as const

/** A Fault of SOAP 1.1 comes with 500 also where the same call would never be taken. */
const isFinal = ({ body }: GatewayAnswer) =>
  typeof body === 'string' && /:(Client|VersionMismatch|MustUnderstand)<\/faultcode>/.test(body)

export async function createSoapCalls(gateway: GatewayClient, caller: SoapCaller): Promise<SoapCalls> {
  const { path, user, password } = caller
  const clients = {
    'soap 1.1': await clientOf(gateway, caller, '1.1'),
    'soap 1.2': await clientOf(gateway, caller, '1.2'),
  }
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  let calls = 0

  async function post(body: Buffer, contentType: string): Promise<SoapAnswer> {
    const headers = () => ({ 'content-type': contentType, soapaction: '""', authorization })
    return read(await gateway.insist({ method: 'POST', path, body, headers, isFinal }))
  }

  return {
    call: (call) => {
      const way = ways[calls % ways.length] ?? ways[0]
      calls += 1
      switch (way) {
        case 'soap 1.1':
        case 'soap 1.2':
          return byClient(clients[way], call)
        case 'GB18030 by its declaration':
          return post(encoded(`<?xml version="1.0" encoding="GB18030"?>\n${envelopeOf(call)}`), 'text/xml')
        case 'GBK by its header':
          return post(encoded(envelopeOf(call)), 'text/xml; charset=GBK')
      }
    },
    cutOff: (call) => {
      const whole = encoded(envelopeOf(call))
      return post(whole.subarray(0, Math.floor(whole.length * 0.7)), 'text/xml; charset=GBK')
    },
  }
}

/** The client knows one address; the envelopes that it makes go to whichever gateway is there. */
async function clientOf(
  gateway: GatewayClient,
  { path, user, password }: SoapCaller,
  version: '1.1' | '1.2',
): Promise<Client> {
  const httpClient: IHttpClient = { request: async (...call) => requestBy(gateway, ...call) }
  const client = await createClientAsync(`http://gateway.example${path}?wsdl`, {
    httpClient,
    disableCache: true,
    forceSoap12Headers: version === '1.2',
  })
  client.setSecurity(new BasicAuthSecurity(user, password))
  return client
}

async function requestBy(
  gateway: GatewayClient,
  ...[url, data, callback, given = {}]: Parameters<IHttpClient['request']>
): Promise<Answered> {
  const { pathname, search } = new URL(url)
  const headers = Object.fromEntries(
    Object.entries(given as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const answer = await gateway.insist({
    path: `${pathname}${search}`,
    headers: () => headers,
    isFinal,
    ...(typeof data === 'string' ? { method: 'POST', body: data } : { method: 'GET' }),
  })
  const response = { status: answer.status, headers: answer.headers, data: answer.body }
  callback(null, response, answer.body)
  return response as unknown as Answered
}

async function byClient(client: Client, { operation, parameter, text }: SoapCall): Promise<SoapAnswer> {
  const method = client[`${operation}Async`] as (args: object) => Promise<[Result]>
  try {
    const [result] = await method({ [parameter]: text })
    return answerOf(result)
  } catch (cause) {
    const { root, response } = cause as {
      root?: { Envelope: Envelope }
      response?: { status: number }
    }
    const fault = root?.Envelope.Body['Fault']
    if (fault === undefined) throw cause
    return faultOf(fault as Fault, response?.status ?? 0)
  }
}

function envelopeOf({ operation, parameter, text }: SoapCall): string {
  const content = `<ns1:${parameter}><![CDATA[${text}]]></ns1:${parameter}>`
  return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="http://workorder.hotline12319.example/"><soapenv:Header/><soapenv:Body><ns1:${operation}>${content}</ns1:${operation}></soapenv:Body></soapenv:Envelope>`
}

function encoded(text: string): Buffer {
  return iconv.encode(text, 'gb18030')
}

const parser = new XMLParser({
  removeNSPrefix: true,
  parseTagValue: false,
  isArray: (name: string) => name === 'record',
})

function read({ status, body }: GatewayAnswer): SoapAnswer {
  if (typeof body !== 'string' || !body.includes('Envelope>'))
    return { kind: 'fault', status, code: 'no envelope' }
  const { Body } = (parser.parse(body) as { Envelope: Envelope }).Envelope
  const [[name, content] = ['', {}]] = Object.entries(Body)
  return name === 'Fault' ? faultOf(content as Fault, status) : answerOf(content as Result)
}

function answerOf({ receipt, record = [] }: Result): SoapAnswer {
  return { kind: 'result', receipt, ends: record.map(({ result }) => result) }
}

function faultOf({ detail, Detail }: Fault, status: number): SoapAnswer {
  const { code = 'unknown', receipt } = (detail ?? Detail)?.problem ?? {}
  return { kind: 'fault', status, code, ...(receipt !== undefined && { receipt }) }
}
