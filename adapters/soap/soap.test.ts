import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { channelWith, loopbackHttp, noon, noticeOf } from '../../tests/support/adapter-channel.ts'
import {
  refusedUrl,
  startPartner,
  type Partner,
  type PartnerAnswer,
} from '../../tests/support/adapter-partner.ts'
import type { Notice, Outcome } from '../../schemas/delivery.ts'
import type { Problem } from '../../schemas/problem.ts'
import type { Answer, Reads, RefusedPayload } from '../adapter.ts'
import type { RequestSettings } from './call-settings.ts'
import type { SoapSettings } from './settings.ts'
import { soap } from './soap.ts'
import { envelopeNamespaces } from './versions.ts'

const reads: Reads = { progress: async () => null }
const service: NonNullable<SoapSettings['service']> = {
  namespace: 'urn:ours',
  operations: [{ name: 'submit', payloadParameter: 'xml', resultParameter: 'return' }, { name: 'ask' }],
}
const receipt = '0193a5e0-0000-7000-8000-00000000000a'

function envelope(body: string, version: '1.1' | '1.2' = '1.1'): string {
  return `<e:Envelope xmlns:e="${envelopeNamespaces[version]}"><e:Body>${body}</e:Body></e:Envelope>`
}

function fault(code: string, version: '1.1' | '1.2' = '1.1'): string {
  return version === '1.1'
    ? envelope(`<e:Fault><faultcode>e:${code}</faultcode><faultstring>系统异常</faultstring></e:Fault>`)
    : envelope(
        `<e:Fault><e:Code><e:Value>e:${code}</e:Value></e:Code><e:Reason><e:Text>系统异常</e:Text></e:Reason></e:Fault>`,
        version,
      )
}

interface Delivery {
  readonly partner: Partner
  readonly request?: Partial<RequestSettings>
  readonly settings?: SoapSettings
  readonly notice?: Partial<Notice>
  readonly seen?: (answer: Answer) => void
}

async function deliver({ partner, request, settings, notice, seen }: Delivery): Promise<Outcome | undefined> {
  const channel = channelWith<SoapSettings>(
    { endpoint: `${partner.url}/service`, namespace: 'urn:them/', ...settings },
    {
      http: loopbackHttp(),
      request: () => ({
        settings: { operation: 'updateStatus', ...request },
        judge: (answer) => {
          seen?.(answer)
          return null
        },
      }),
    },
  )
  return soap.deliver?.(noticeOf(notice), channel, new AbortController().signal)
}

async function answering(answer: PartnerAnswer): Promise<Partner> {
  return startPartner(() => answer)
}

describe('a call out', () => {
  it('in SOAP 1.1 names its action in a header', async () => {
    const partner = await answering({})

    await deliver({ partner })

    expect(partner.requests).toMatchObject([
      {
        method: 'POST',
        url: '/service',
        headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '"urn:them/updateStatus"' },
        body: expect.stringContaining(
          '<soap:Body><updateStatus xmlns="urn:them/"><orderNo>RX/2026 001</orderNo><status>50</status></updateStatus></soap:Body>',
        ),
      },
    ])
  })

  it('in SOAP 1.2 names its action in the Content-Type', async () => {
    const partner = await answering({})

    await deliver({ partner, request: { version: '1.2', action: 'urn:do', elements: 'unqualified' } })

    expect(partner.requests[0]?.headers['content-type']).toBe(
      'application/soap+xml; charset=utf-8; action="urn:do"',
    )
    expect(partner.requests[0]?.headers['soapaction']).toBeUndefined()
    expect(partner.requests[0]?.body).toContain(envelopeNamespaces['1.2'])
    expect(partner.requests[0]?.body).toContain('<m:updateStatus xmlns:m="urn:them/"><orderNo>')
  })

  it('carries the body as an escaped text where a parameter is named, beside the constant ones', async () => {
    const partner = await answering({})

    await deliver({
      partner,
      request: { parameter: { name: 'xml', root: 'zt' } },
      settings: { parameters: { jkkl: 'p<w' } },
      notice: { body: { no: 'A&B', list: ['1', '2'] } },
    })

    expect(partner.requests[0]?.body).toContain(
      '<jkkl>p&lt;w</jkkl><xml>&lt;?xml version=&quot;1.0&quot; encoding=&quot;UTF-8&quot;?&gt;&lt;zt&gt;&lt;no&gt;A&amp;amp;B&lt;/no&gt;&lt;list&gt;1&lt;/list&gt;&lt;list&gt;2&lt;/list&gt;&lt;/zt&gt;</xml>',
    )
  })

  it('in GB18030 is in that charset, and says so', async () => {
    const sent: Uint8Array[] = []
    const http = {
      ...loopbackHttp(),
      call: async (request: { body?: Uint8Array | string }) => {
        sent.push(request.body as Uint8Array)
        return { status: 200, headers: {}, bytes: new Uint8Array() }
      },
    }
    const channel = channelWith<SoapSettings>(
      { endpoint: 'https://a.example/', namespace: 'urn:them', encoding: 'gb18030' },
      { http, request: () => ({ settings: { operation: 'op' }, judge: () => null }) },
    )

    await soap.deliver?.(noticeOf({ body: { t: '井盖㐂𠮷' } }), channel, new AbortController().signal)

    const text = iconv.decode(Buffer.from(sent[0] ?? []), 'gb18030')
    expect(text).toContain('<?xml version="1.0" encoding="GB18030"?>')
    expect(text).toContain('<t>井盖㐂𠮷</t>')
  })

  it('proves who we are as the partner wants it', async () => {
    const partner = await answering({})

    await deliver({ partner, settings: { login: { kind: 'basic', user: 'u', password: 'p:w' } } })
    await deliver({ partner, settings: { login: { kind: 'username-token', user: 'u', password: 'p<w' } } })

    expect(partner.requests[0]?.headers['authorization']).toBe(
      `Basic ${Buffer.from('u:p:w').toString('base64')}`,
    )
    expect(partner.requests[1]?.body).toMatch(
      /<soap:Header><wsse:Security [^>]*soap:mustUnderstand="1"><wsse:UsernameToken><wsse:Username>u<\/wsse:Username><wsse:Password Type="[^"]*#PasswordText">p&lt;w</,
    )
  })

  it.each([
    { what: 'without an endpoint', settings: { endpoint: undefined }, says: 'endpoint' },
    { what: 'without a namespace', settings: { namespace: undefined }, says: 'namespace' },
    { what: 'without an operation', request: { operation: '' }, says: 'operation' },
    { what: 'with a body that is no tree', notice: { body: 'text' }, says: 'object' },
    { what: 'with a name that no element has', notice: { body: { 'a b': 1 } }, says: 'name' },
  ])('$what is not made', async ({ settings, says, ...parts }) => {
    const partner = await answering({})

    const outcome = await deliver({ partner, ...parts, settings: { ...settings } as SoapSettings })

    expect(outcome).toMatchObject({ kind: 'permanent', detail: expect.stringContaining(says) })
    expect(partner.requests).toHaveLength(0)
  })
})

describe('an answer', () => {
  it.each([
    {
      what: 'the response’s tree',
      body: envelope('<r:opResponse xmlns:r="u"><r:code>0</r:code></r:opResponse>'),
      seen: { code: '0' },
    },
    {
      what: 'the tree of the text in the result',
      body: envelope(
        '<opResponse><return>&lt;?xml version="1.0" encoding="GBK"?&gt;&lt;r&gt;&lt;code&gt;0&lt;/code&gt;&lt;/r&gt;</return></opResponse>',
      ),
      request: { resultParameter: 'return' },
      seen: { code: '0' },
    },
    {
      what: 'the text of the result where it is no XML',
      body: envelope('<opResponse><return>OK</return></opResponse>'),
      request: { resultParameter: 'return' },
      seen: 'OK',
    },
    {
      what: 'a fault',
      body: fault('Server.Busy'),
      seen: { fault: { code: 'Server', text: '系统异常', detail: '' } },
    },
    {
      what: 'a fault of SOAP 1.2',
      body: fault('Sender', '1.2'),
      seen: { fault: { code: 'Client', text: '系统异常', detail: '' } },
    },
    { what: 'text where it is no envelope', body: '<html>登录</html>', seen: '<html>登录</html>' },
    {
      what: 'text where it has a document type',
      body: `<!DOCTYPE x>${envelope('<a/>')}`,
      seen: `<!DOCTYPE x>${envelope('<a/>')}`,
    },
  ])('is judged by $what', async ({ body, request, seen }) => {
    const answers: Answer[] = []

    await deliver({
      partner: await answering({ body }),
      request: request ?? {},
      seen: (answer) => answers.push(answer),
    })

    expect(answers[0]?.body).toEqual(seen)
  })

  it('in GBK is read by what it declares', async () => {
    const answers: Answer[] = []
    const bytes = iconv.encode(
      `<?xml version="1.0" encoding="GBK"?>${envelope('<r><desc>成功</desc></r>')}`,
      'gbk',
    )

    await deliver({ partner: await answering({ body: bytes }), seen: (answer) => answers.push(answer) })

    expect(answers[0]?.body).toEqual({ desc: '成功' })
  })

  it.each([
    { what: 'a fault of ours', answer: { status: 500, body: fault('Client') }, kind: 'permanent' },
    { what: 'a fault of ours with 200', answer: { status: 200, body: fault('Client') }, kind: 'permanent' },
    {
      what: 'a fault of ours in SOAP 1.2',
      answer: { status: 400, body: fault('Sender', '1.2') },
      kind: 'permanent',
    },
    { what: 'a fault of theirs', answer: { status: 500, body: fault('Server') }, kind: 'ambiguous' },
    {
      what: 'a fault of theirs with 200',
      answer: { status: 200, body: fault('Receiver', '1.2') },
      kind: 'ambiguous',
    },
    { what: 'a fault with 503', answer: { status: 503, body: fault('Client') }, kind: 'transient' },
    { what: 'a fault with 401', answer: { status: 401, body: fault('Server') }, kind: 'permanent' },
  ])('that is $what, of which no rule speaks, is $kind', async ({ answer, kind }) => {
    expect(await deliver({ partner: await answering(answer) })).toMatchObject({ kind })
  })
})

describe('the WSDL', () => {
  async function wsdlFor(parts: Partial<typeof service>, request: Request): Promise<string> {
    const channel = channelWith<SoapSettings>({ service: { ...service, ...parts } })
    return (await (await soap.handle?.(request, channel, reads))?.text()) ?? ''
  }
  const url = 'http://gateway.internal:8080/v1/channels/pw-7/feeds/live?wsdl'
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'public.example' }

  it.each([
    {
      what: 'that it was fetched from',
      parts: {},
      headers: forwarded,
      address: 'http://gateway.internal:8080/v1/channels/pw-7/feeds/live',
    },
    {
      what: 'of the proxy in front, where that is trusted',
      parts: { trustForwarded: true },
      headers: forwarded,
      address: 'https://public.example/v1/channels/pw-7/feeds/live',
    },
    {
      what: 'that it was fetched from, where the proxy says nonsense',
      parts: { trustForwarded: true },
      headers: { 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'a"b' },
      address: 'http://gateway.internal:8080/v1/channels/pw-7/feeds/live',
    },
    {
      what: 'of the setting, before all',
      parts: { publicUrl: 'https://set.example/x', trustForwarded: true },
      headers: forwarded,
      address: 'https://set.example/x',
    },
  ])('names the address $what', async ({ parts, headers, address }) => {
    const wsdl = await wsdlFor(parts, new Request(url, { headers: headers as Record<string, string> }))

    expect(wsdl.match(/location="[^"]*"/g)).toEqual([`location="${address}"`, `location="${address}"`])
  })

  it('is shown to GET only, and only where there is a service', async () => {
    const get = new Request(url)
    const post = new Request(url, { method: 'POST' })

    expect(await soap.handle?.(post, channelWith<SoapSettings>({ service }), reads)).toBeNull()
    expect(await soap.handle?.(get, channelWith<SoapSettings>({}), reads)).toBeNull()
  })
})

describe('what the caller reads', () => {
  const channel = channelWith<SoapSettings>({
    authentication: { kind: 'basic', user: 'u', password: 'x'.repeat(16) },
    service,
  })

  function payload(text: string | null, contentType = 'text/xml'): RefusedPayload {
    const bytes = text === null ? null : Buffer.from(text)
    return { bytes, headers: { 'content-type': contentType }, method: 'POST', url: '/', receivedAt: noon }
  }

  it('is a response of its operation in its version, as a text where it wants one', async () => {
    const sent = payload(
      envelope('<x:submit xmlns:x="urn:ours"><x:xml/></x:submit>', '1.2'),
      'application/soap+xml',
    )
    const stored = {
      receipt,
      receivedAt: noon.toISOString(),
      results: [{ index: 0, end: 'report' as const, externalId: 'A<1' }],
    }

    const response = soap.respond?.(stored, channel, { ...sent, bytes: sent.bytes ?? new Uint8Array() })
    const text = (await response?.text()) ?? ''

    expect(response?.status).toBe(200)
    expect(text).toContain(envelopeNamespaces['1.2'])
    expect(text).toContain('<submitResponse xmlns="urn:ours"><return>&lt;?xml')
    expect(text).toContain('&lt;externalId&gt;A&amp;lt;1&lt;/externalId&gt;')
  })

  it.each<{
    problem: Pick<Problem, 'status' | 'code'>
    version: '1.1' | '1.2'
    status: number
    says: string
  }>([
    { problem: { status: 401, code: 'auth.invalid' }, version: '1.1', status: 401, says: 'soap:Client' },
    { problem: { status: 401, code: 'auth.invalid' }, version: '1.2', status: 401, says: 'soap:Sender' },
    { problem: { status: 413, code: 'request.too-large' }, version: '1.1', status: 500, says: 'soap:Client' },
    { problem: { status: 413, code: 'request.too-large' }, version: '1.2', status: 400, says: 'soap:Sender' },
    {
      problem: { status: 503, code: 'gateway.unavailable' },
      version: '1.1',
      status: 500,
      says: 'soap:Server',
    },
    {
      problem: { status: 503, code: 'gateway.unavailable' },
      version: '1.2',
      status: 500,
      says: 'soap:Receiver',
    },
  ])(
    'of $problem.code in SOAP $version is $says with $status',
    async ({ problem, version, status, says }) => {
      const detail = { type: '', title: 'no', detail: 'What to do.', ...problem }
      const unread = payload(null, version === '1.2' ? 'application/soap+xml; action="x"' : 'text/xml')

      const response = soap.refuse?.(detail, channel, unread)
      const text = (await response?.text()) ?? ''

      expect(response?.status).toBe(status)
      expect(text).toContain(envelopeNamespaces[version])
      expect(text).toContain(`>${says}<`)
      expect(text).toContain('What to do.')
      expect(text).toContain(`<problem xmlns="urn:ours"><code>${problem.code}</code></problem>`)
    },
  )
})

describe('the connection test', () => {
  const theirWsdl = '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:them"/>'

  async function findings(answer: PartnerAnswer, settings: SoapSettings = {}): Promise<string[]> {
    const { url } = await answering(answer)
    const channel = channelWith<SoapSettings>(
      { endpoint: `${url}/service`, namespace: 'urn:them', ...settings },
      { http: loopbackHttp() },
    )
    return ((await soap.test?.(channel)) ?? []).map(({ level, subject }) => `${level} ${subject}`)
  }

  it('reads the partner’s WSDL and compares its namespace', async () => {
    expect(await findings({ body: theirWsdl })).toContain('ok rights')
    expect(await findings({ body: theirWsdl }, { namespace: 'urn:other' })).toContain('warning settings')
    expect(await findings({ body: '<html/>' })).toContain('warning settings')
  })

  it('tells a wrong password from a partner that is away', async () => {
    const login = { kind: 'basic', user: 'u', password: 'p' } as const
    const away = channelWith<SoapSettings>({ endpoint: await refusedUrl() }, { http: loopbackHttp() })

    expect(await findings({ status: 401 }, { login })).toContain('error login')
    expect(await soap.test?.(away)).toContainEqual(expect.objectContaining({ level: 'error' }))
  })
})
