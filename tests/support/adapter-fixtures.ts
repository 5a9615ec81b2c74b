/** What the conformance suite must know of each adapter to send it good and hostile payloads. One object per adapter. */
import type { AuthenticationError, RawPayload } from '../../adapters/adapter.ts'
import { signedHeaders } from '../../adapters/credentials/signature.ts'
import { noon } from './adapter-channel.ts'
import { mailboxFixture } from './adapter-fixtures-mail.ts'
import { httpXmlFixture, soapFixture } from './adapter-fixtures-xml.ts'

/** Stands in every good payload and must never stand in a message. */
export const canary = '张三13800138000'

/** One language over HTTP: answers of the partner, and what we ask it. */
export interface Speech {
  /** Code 0 and the number P-77. */
  readonly good: string
  /** Code 9. */
  readonly refused: string
  /** A code that no rule knows. */
  readonly failed: string
  request(name: string): Readonly<Record<string, unknown>>
  readonly question: { readonly settings: Readonly<Record<string, unknown>>; readonly body: unknown }
  /** The question as the partner hears it. */
  readonly asked: { readonly method: string; readonly url: string; readonly body: string }
}

export interface AdapterFixture {
  readonly protocol: string
  readonly settings: Readonly<Record<string, unknown>>
  /** A well-formed payload and how many records it holds. */
  readonly good: { readonly text: string; readonly records: number }
  /** Whether every payload that lacks its end can be told from a whole one. */
  readonly noticesCutOff: boolean
  /** These bytes as their real sender would send them at noon. */
  genuine(bytes: Uint8Array): RawPayload
  /** The same bytes from somebody else. */
  forgeries(bytes: Uint8Array): readonly {
    readonly name: string
    readonly payload: RawPayload
    readonly code: AuthenticationError['code']
  }[]
  /** Texts in this protocol's own syntax that are legal but odd, with the number of records each must give. */
  readonly odd: readonly { readonly name: string; readonly text: string; readonly records: number }[]
  /** Settings of a channel that calls a partner at this address; missing where the adapter calls nobody back. */
  readonly delivering?: (url: string) => Readonly<Record<string, unknown>>
  /** What its partner says and is asked; JSON over HTTP where missing. */
  readonly speech?: Speech
  /** The test that drives its deliveries, where its partner speaks no HTTP. */
  readonly drivenIn?: string
}

const secret = 'a-shared-secret-of-32-characters'
const otherSecret = 'another-secret-of-32-characters!'

function push(bytes: Uint8Array, headers: Readonly<Record<string, string>>): RawPayload {
  return {
    bytes,
    headers: { 'content-type': 'application/json', ...headers },
    method: 'POST',
    url: '/v1/receive/pw-7',
    receivedAt: noon,
  }
}

function signed(bytes: Uint8Array, parts: { secret?: string; at?: Date; nonce?: string } = {}): RawPayload {
  const call = {
    method: 'POST',
    url: '/v1/receive/pw-7',
    body: bytes,
    nonce: parts.nonce ?? 'nonce-of-16-chars',
    at: parts.at ?? noon,
  }
  return push(bytes, signedHeaders(parts.secret ?? secret, call))
}

const httpJson: AdapterFixture = {
  protocol: 'http-json',
  settings: { authentication: { kind: 'hmac', secret } },
  good: {
    text: JSON.stringify([
      { no: 'A1', name: canary },
      { no: 'A2', text: '井盖"破损\\' },
    ]),
    records: 2,
  },
  noticesCutOff: true,
  genuine: (bytes) => signed(bytes),
  forgeries: (bytes) => [
    { name: 'nothing at all', payload: push(bytes, {}), code: 'missing' },
    { name: 'a secret of its own', payload: signed(bytes, { secret: otherSecret }), code: 'invalid' },
    {
      name: 'a signature of another body',
      payload: { ...signed(Buffer.from('{}')), bytes },
      code: 'invalid',
    },
    {
      name: 'a signature of another path',
      payload: { ...signed(bytes), url: '/v1/receive/pw-8' },
      code: 'invalid',
    },
    {
      name: 'a signature of another query',
      payload: { ...signed(bytes), url: '/v1/receive/pw-7?x=1' },
      code: 'invalid',
    },
    { name: 'a signature of another method', payload: { ...signed(bytes), method: 'PUT' }, code: 'invalid' },
    {
      name: 'a stale signature',
      payload: signed(bytes, { at: new Date(noon.getTime() - 301_000) }),
      code: 'expired',
    },
    {
      name: 'a signature of the future',
      payload: signed(bytes, { at: new Date(noon.getTime() + 301_000) }),
      code: 'expired',
    },
    { name: 'a short nonce', payload: signed(bytes, { nonce: 'short' }), code: 'invalid' },
  ],
  odd: [
    { name: 'duplicate keys', text: '{"no":"A1","no":"A2"}', records: 1 },
    { name: 'an escaped NUL', text: '{"no":"A\\u00001"}', records: 1 },
    { name: 'a lone surrogate', text: '{"no":"\\ud83d"}', records: 1 },
    {
      name: 'a name that is the prototype',
      text: '{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}',
      records: 1,
    },
    { name: 'a date of the future', text: '{"no":"A1","time":"9999-12-31 23:59:59"}', records: 1 },
    { name: 'the same record twice', text: '[{"no":"A1"},{"no":"A1"}]', records: 2 },
    { name: 'no record', text: '[]', records: 0 },
  ],
  delivering: (url) => ({ baseUrl: url, signing: { secret } }),
}

const rss = `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>论坛</title><link>https://forum.example/</link>
<item><guid>t-1</guid><title>${canary}</title><link>/thread-1-1-1.html</link><pubDate>Sun, 22 Nov 2026 10:00:00 +0800</pubDate></item>
<item><guid>t-2</guid><title>路灯不亮</title></item></channel></rss>`

function rssWith(item: string): string {
  return `<rss version="2.0"><channel>${item}</channel></rss>`
}

function fetched(bytes: Uint8Array): RawPayload {
  return {
    bytes,
    headers: { 'content-type': 'application/rss+xml' },
    method: 'POLL',
    url: 'https://forum.example/rss',
    receivedAt: noon,
  }
}

const feed: AdapterFixture = {
  protocol: 'feed',
  settings: { url: 'https://forum.example/rss?token=abc' },
  good: { text: rss, records: 2 },
  noticesCutOff: true,
  genuine: fetched,
  forgeries: (bytes) => [
    { name: 'a push', payload: { ...fetched(bytes), method: 'POST' }, code: 'missing' },
    { name: 'a lower-case poll', payload: { ...fetched(bytes), method: 'poll' }, code: 'missing' },
  ],
  odd: [
    {
      name: 'the same entry twice',
      text: rssWith('<item><guid>1</guid></item><item><guid>1</guid></item>'),
      records: 2,
    },
    { name: 'an entry without anything', text: rssWith('<item/>'), records: 1 },
    {
      name: 'a date of the future',
      text: rssWith('<item><guid>1</guid><pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate></item>'),
      records: 1,
    },
    {
      name: 'an unclosed tag in an entry',
      text: rssWith('<item><guid>1</guid><title>a<br>b</title></item>'),
      records: 1,
    },
    {
      name: 'a web page within CDATA',
      text: rssWith(
        '<item><guid>1</guid><description><![CDATA[<!DOCTYPE html><html><body>x]]></description></item>',
      ),
      records: 1,
    },
    { name: 'a feed without entries', text: rssWith(''), records: 0 },
    {
      name: 'a JSON Feed',
      text: '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"},{"id":2}]}',
      records: 2,
    },
  ],
}

const hello: AdapterFixture = {
  protocol: 'hello',
  settings: { authentication: { kind: 'token', token: secret } },
  good: { text: `${canary}\n井盖破损\n`, records: 2 },
  noticesCutOff: false,
  genuine: (bytes) => push(bytes, { 'x-token': secret }),
  forgeries: (bytes) => [
    { name: 'nothing at all', payload: push(bytes, {}), code: 'missing' },
    { name: 'a token of its own', payload: push(bytes, { 'x-token': otherSecret }), code: 'invalid' },
    {
      name: 'the start of the token',
      payload: push(bytes, { 'x-token': secret.slice(0, -1) }),
      code: 'invalid',
    },
  ],
  odd: [
    { name: 'a NUL', text: 'a\u0000b', records: 1 },
    { name: 'empty lines', text: '\n\n a \r\n\n', records: 1 },
  ],
}

function rowsPage(...rows: readonly unknown[]): string {
  return JSON.stringify({ rows })
}

const database: AdapterFixture = {
  protocol: 'database',
  settings: {
    kind: 'postgresql',
    host: 'exchange.example',
    database: 'exchange',
    user: 'reader',
    password: 'only-for-reading',
    poll: { table: 'v_order', key: 'id', cursor: { by: 'id', column: 'id' } },
  },
  good: {
    text: rowsPage(
      { key: '1', row: { id: 1, name: canary } },
      { key: '2', row: { id: 2, text: '井盖"破损' } },
    ),
    records: 2,
  },
  noticesCutOff: true,
  genuine: (bytes) => ({
    bytes,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    method: 'POLL',
    url: 'postgresql://exchange.example/exchange/v_order',
    receivedAt: noon,
  }),
  forgeries: (bytes) => [
    { name: 'a push', payload: push(bytes, {}), code: 'missing' },
    { name: 'a lower-case poll', payload: { ...push(bytes, {}), method: 'poll' }, code: 'missing' },
  ],
  odd: [
    { name: 'a page without rows', text: rowsPage(), records: 0 },
    { name: 'the same row twice', text: rowsPage({ key: '1', row: {} }, { key: '1', row: {} }), records: 2 },
    { name: 'a row without columns', text: rowsPage({ key: '1', row: {} }), records: 1 },
    { name: 'a row that could not be read', text: rowsPage({ key: '1', fault: 'too large' }), records: 1 },
    { name: 'a row that is none', text: rowsPage(null, 7, 'x', [[]]), records: 4 },
    {
      name: 'bytes and a date of zeros',
      text: rowsPage({ key: '1', row: { a: { $zero: '0000-00-00' } } }),
      records: 1,
    },
    { name: 'an escaped NUL', text: rowsPage({ key: '1', row: { a: 'a\u0000b' } }), records: 1 },
    {
      name: 'a column that is the prototype',
      text: '{"rows":[{"key":"1","row":{"__proto__":{"polluted":true},"constructor":1}}]}',
      records: 1,
    },
    {
      name: 'a date of the future',
      text: rowsPage({ key: '1', row: { at: '9999-12-31 23:59:59' } }),
      records: 1,
    },
  ],
  drivenIn: 'adapters/database/deliver.test.ts',
}

export const adapterFixtures: readonly AdapterFixture[] = [
  database,
  feed,
  hello,
  httpJson,
  httpXmlFixture(canary),
  mailboxFixture(canary),
  soapFixture(canary),
]
