/** The conformance suite's fixtures of the protocols that speak XML over HTTP. */
import { expect } from 'vitest'
import { envelopeNamespaces, type SoapVersion } from '../../adapters/soap/versions.ts'
import type { RawPayload } from '../../adapters/adapter.ts'
import { noon } from './adapter-channel.ts'
import type { AdapterFixture } from './adapter-fixtures.ts'

const secret = 'a-shared-secret-of-32-characters'
const otherSecret = 'another-secret-of-32-characters!'

function push(bytes: Uint8Array, headers: Readonly<Record<string, string>>): RawPayload {
  return {
    bytes,
    headers: { 'content-type': 'text/xml', ...headers },
    method: 'POST',
    url: '/v1/receive/pw-7',
    receivedAt: noon,
  }
}

function envelope(body: string, version: SoapVersion = '1.1'): string {
  return `<?xml version="1.0"?><e:Envelope xmlns:e="${envelopeNamespaces[version]}"><e:Body>${body}</e:Body></e:Envelope>`
}

const entityBomb = '<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'

export function soapFixture(canary: string): AdapterFixture {
  const orders = `<submit xmlns="urn:test"><order><no>A1</no><name>${canary}</name></order><order no="A2"><text>井盖&quot;破损</text></order></submit>`
  const answer = (content: string): string =>
    envelope(`<statusResponse xmlns="urn:them">${content}</statusResponse>`)
  return {
    protocol: 'soap',
    settings: {
      authentication: { kind: 'header', secret },
      service: {
        namespace: 'urn:test',
        operations: [
          { name: 'submit', parameters: [{ name: 'order', many: true }], records: 'order' },
          { name: 'submitText', payloadParameter: 'xml', records: 'order' },
        ],
      },
    },
    good: { text: envelope(orders), records: 2 },
    noticesCutOff: true,
    genuine: (bytes) => push(bytes, { 'x-api-key': secret }),
    forgeries: (bytes) => [
      { name: 'nothing at all', payload: push(bytes, {}), code: 'missing' },
      { name: 'a secret of its own', payload: push(bytes, { 'x-api-key': otherSecret }), code: 'invalid' },
      {
        name: 'the start of the secret',
        payload: push(bytes, { 'x-api-key': secret.slice(0, -1) }),
        code: 'invalid',
      },
    ],
    odd: [
      { name: 'SOAP 1.2', text: envelope('<submit><order><no>1</no></order></submit>', '1.2'), records: 1 },
      {
        name: 'an escaped text within',
        text: envelope(
          '<submitText><xml>&lt;orders&gt;&lt;order&gt;&lt;no&gt;1&lt;/no&gt;&lt;/order&gt;&lt;/orders&gt;</xml></submitText>',
        ),
        records: 1,
      },
      {
        name: 'a CDATA text within, in a charset that it is not in',
        text: envelope(
          '<submitText><xml><![CDATA[<?xml version="1.0" encoding="GBK"?><orders><order><no>井</no></order><order/></orders>]]></xml></submitText>',
        ),
        records: 2,
      },
      {
        name: 'elements within, unescaped',
        text: envelope('<submitText><xml><orders><order><no>1</no></order></orders></xml></submitText>'),
        records: 1,
      },
      {
        name: 'a list without an order',
        text: envelope('<submitText><xml>&lt;o&gt;&lt;order/&gt;&lt;/o&gt;</xml></submitText>'),
        records: 1,
      },
      {
        name: 'a name that is the prototype',
        text: envelope(
          '<submit><order><__proto__><polluted>1</polluted></__proto__><constructor>x</constructor></order></submit>',
        ),
        records: 1,
      },
      {
        name: 'a security header that must be understood',
        text: envelope('<submit><order><no>1</no></order></submit>').replace(
          '<e:Body>',
          '<e:Header><w:Security xmlns:w="urn:w" e:mustUnderstand="1"/></e:Header><e:Body>',
        ),
        records: 1,
      },
      {
        name: 'a document type within CDATA',
        text: envelope(`<submit><order><no><![CDATA[${entityBomb}]]></no></order></submit>`),
        records: 1,
      },
    ],
    delivering: (url) => ({ endpoint: `${url}/service`, namespace: 'urn:them' }),
    speech: {
      good: answer('<code>0</code><id>P-77</id>'),
      refused: answer('<code>9</code>'),
      failed: answer('<code>500</code><msg>系统异常</msg>'),
      request: () => ({ operation: 'status' }),
      question: { settings: { operation: 'query' }, body: { no: 'RX/2026 001' } },
      asked: {
        method: 'POST',
        url: '/service',
        body: expect.stringContaining('<query xmlns="urn:them"><no>RX/2026 001</no></query>') as string,
      },
    },
  }
}

export function httpXmlFixture(canary: string): AdapterFixture {
  return {
    protocol: 'http-xml',
    settings: { authentication: { kind: 'basic', user: 'pw-7', password: secret }, records: 'order' },
    good: {
      text: `<?xml version="1.0" encoding="UTF-8"?><orders><order><no>A1</no><name>${canary}</name></order><order no="A2">井盖破损<level>2</level></order></orders>`,
      records: 2,
    },
    noticesCutOff: true,
    genuine: (bytes) => push(bytes, { authorization: basic('pw-7', secret) }),
    forgeries: (bytes) => [
      { name: 'nothing at all', payload: push(bytes, {}), code: 'missing' },
      {
        name: 'another user',
        payload: push(bytes, { authorization: basic('pw-8', secret) }),
        code: 'invalid',
      },
      {
        name: 'a password of its own',
        payload: push(bytes, { authorization: basic('pw-7', otherSecret) }),
        code: 'invalid',
      },
      { name: 'no base64', payload: push(bytes, { authorization: 'Basic ###' }), code: 'invalid' },
      {
        name: 'another scheme',
        payload: push(bytes, { authorization: `Bearer ${secret}` }),
        code: 'invalid',
      },
    ],
    odd: [
      {
        name: 'prefixes',
        text: '<a:orders xmlns:a="u"><a:order><a:no>1</a:no></a:order></a:orders>',
        records: 1,
      },
      {
        name: 'one order twice',
        text: '<orders><order><no>1</no></order><order><no>1</no></order></orders>',
        records: 2,
      },
      { name: 'an order that is only text', text: '<orders><order>x</order></orders>', records: 1 },
      {
        name: 'a name that is the prototype',
        text: '<orders><order><__proto__><polluted>1</polluted></__proto__></order></orders>',
        records: 1,
      },
      {
        name: 'comments and instructions',
        text: '<?xml version="1.0"?><!-- a --><orders><?x y?><order><no>1</no></order></orders>',
        records: 1,
      },
    ],
    delivering: (url) => ({ baseUrl: url, signing: { secret } }),
    speech: {
      good: '<r><code>0</code><id>P-77</id></r>',
      refused: '<r><code>9</code></r>',
      failed: '<r><code>500</code><msg>系统异常</msg></r>',
      request: (name) => ({ path: `/${name}` }),
      question: { settings: { method: 'GET', path: '/status/{externalId}' }, body: undefined },
      asked: { method: 'GET', url: '/status/RX%2F2026%20001', body: '' },
    },
  }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
