import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { channelWith, loopbackHttp, noon, noticeOf } from '../../tests/support/adapter-channel.ts'
import { startPartner } from '../../tests/support/adapter-partner.ts'
import type { Acknowledgement } from '../../schemas/receipt.ts'
import type { Answer, RawPayload, SourceRecord } from '../adapter.ts'
import { verifySignature } from '../credentials/signature.ts'
import { httpXml } from './http-xml.ts'
import type { HttpXmlSettings } from './settings.ts'

const secret = 'a-shared-secret-of-32-characters'
const receipt = '0193a5e0-0000-7000-8000-00000000000a'

function payloadOf(text: string | Uint8Array, contentType = 'application/xml'): RawPayload {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return { bytes, headers: { 'content-type': contentType }, method: 'POST', url: '/', receivedAt: noon }
}

async function decode(text: string | Uint8Array, settings: HttpXmlSettings = {}): Promise<SourceRecord[]> {
  return Array.fromAsync(httpXml.decode(payloadOf(text), channelWith(settings)))
}

describe('records', () => {
  it('are the root where no path is set', async () => {
    expect(await decode('<order no="1"><text>井盖</text></order>')).toEqual([
      { kind: 'record', position: '', value: { '@no': '1', text: '井盖' } },
    ])
  })

  it('are one or many at the path, with what the root gives to each', async () => {
    const settings = { records: 'body.order', carry: ['@batch', 'sender'] }
    const one = '<x batch="7"><sender>区</sender><body><order><no>1</no></order></body></x>'
    const two =
      '<x batch="7"><sender>区</sender><body><order><no>1</no></order><order><no>2</no></order></body></x>'

    expect(await decode(one, settings)).toMatchObject([{ value: { no: '1', '@batch': '7', sender: '区' } }])
    expect(await decode(two, settings)).toMatchObject([
      { position: '/body/order[1]' },
      { value: { no: '2' } },
    ])
  })

  it('are none where the list is empty', async () => {
    expect(await decode('<x><orders/></x>', { records: 'orders.order' })).toEqual([])
  })

  it('that are missing are a fault', async () => {
    await expect(decode('<x/>', { records: 'order' })).rejects.toMatchObject({ code: 'payload.no-records' })
    await expect(decode('<x><y/></x>', { records: 'orders.order' })).rejects.toMatchObject({
      code: 'payload.no-records',
    })
  })

  it('in the charset of the setting are read where nothing else says', async () => {
    const bytes = iconv.encode('<order><text>井盖</text></order>', 'gbk')

    expect(await decode(bytes, { charset: 'gb18030' })).toMatchObject([{ value: { text: '井盖' } }])
    await expect(decode(bytes)).rejects.toMatchObject({ code: 'payload.charset' })
  })
})

describe('the acknowledgement', () => {
  const names = { root: 'result', code: 'resultCode', message: 'resultDesc', record: 'item' }
  const settings: HttpXmlSettings = {
    acknowledgement: names,
    codes: { success: '1', partly: '2', failed: '0' },
    authentication: { kind: 'basic', user: 'u', password: secret },
  }

  async function textFor(results: Acknowledgement['results']): Promise<string> {
    const stored = { receipt, receivedAt: noon.toISOString(), results }
    return (await httpXml.respond?.(stored, channelWith(settings), payloadOf(''))?.text()) ?? ''
  }

  it('speaks in the partner’s names and codes', async () => {
    expect(await textFor([{ index: 0, end: 'report', externalId: 'A1' }])).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><result><resultCode>1</resultCode><resultDesc>Taken: 1.</resultDesc><receipt>${receipt}</receipt><count>1</count><item><index>1</index><result>report</result><externalId>A1</externalId></item></result>`,
    )
  })

  it('of a payload that cannot be read says that it is kept, and what to do', async () => {
    const reason = { code: 'payload.dtd', detail: 'It has a document type.' }

    expect(await textFor([{ index: 0, end: 'quarantined', reason }])).toMatch(
      /<resultCode>0<.*It has a document type\. The bytes are kept under receipt 0193a5e0.*send it again/,
    )
  })

  it('of a refusal is in the same form, with the problem’s status', async () => {
    const problem = { type: '', title: 'no', status: 401, code: 'auth.invalid', detail: 'Wrong <password>.' }

    const response = httpXml.refuse?.(problem, channelWith(settings), payloadOf(''))

    expect(response?.status).toBe(401)
    expect(response?.headers.get('www-authenticate')).toBe('Basic realm="guiyi"')
    expect(await response?.text()).toContain(
      '<result><resultCode>0</resultCode><resultDesc>Wrong &lt;password&gt;.</resultDesc><error>auth.invalid</error></result>',
    )
  })
})

describe('a call out', () => {
  it('is a signed XML document, and its answer’s tree is judged', async () => {
    const partner = await startPartner(() => ({ body: '<r><code>0</code><id>P</id></r>' }))
    const answers: Answer[] = []
    const channel = channelWith<HttpXmlSettings>(
      { baseUrl: `${partner.url}/api`, signing: { secret } },
      {
        http: loopbackHttp(),
        request: () => ({
          settings: { path: '/orders/{externalId}', root: 'status' },
          judge: (answer) => {
            answers.push(answer)
            return { kind: 'delivered' }
          },
        }),
      },
    )

    const outcome = await httpXml.deliver?.(noticeOf(), channel, new AbortController().signal)

    expect(outcome).toEqual({ kind: 'delivered' })
    expect(answers).toMatchObject([{ status: 200, body: { code: '0', id: 'P' } }])
    const [request] = partner.requests
    expect(request).toMatchObject({
      method: 'POST',
      url: '/api/orders/RX%2F2026%20001',
      headers: { 'content-type': 'application/xml; charset=utf-8' },
      body: '<?xml version="1.0" encoding="UTF-8"?><status><orderNo>RX/2026 001</orderNo><status>50</status></status>',
    })
    const heard = {
      bytes: Buffer.from(request?.body ?? ''),
      headers: request?.headers as Record<string, string>,
      method: 'POST',
      url: request?.url ?? '',
      receivedAt: noon,
    }
    expect(verifySignature(heard, { kind: 'hmac', secret }, noon).name).toBe('hmac')
  })
})
