/** What every adapter promises, whoever wrote it. A new adapter adds its fixture to tests/support/adapter-fixtures.ts. */
import { existsSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import {
  AuthenticationError,
  DecodeError,
  type RawPayload,
  type SourceRecord,
} from '../../adapters/adapter.ts'
import { adapterNamed, adapters } from '../../adapters/registry.ts'
import { channelWith } from '../support/adapter-channel.ts'
import { adapterFixtures, canary, type AdapterFixture } from '../support/adapter-fixtures.ts'

interface SchemaNode {
  readonly title?: string
  readonly description?: string
  readonly const?: unknown
  readonly writeOnly?: boolean
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly anyOf?: readonly SchemaNode[]
}

it('every adapter of the registry is held to the contract, under its folder’s name', () => {
  expect(adapterFixtures.map(({ protocol }) => protocol).toSorted()).toEqual([...adapters.keys()].toSorted())
  expect([...adapters].map(([name, { protocol }]) => [name, protocol])).toEqual(
    [...adapters.keys()].map((name) => [name, name]),
  )
})

it('a protocol that nobody speaks is refused with the list of those that are spoken', () => {
  expect(() => adapterNamed('fax')).toThrow('There is no adapter "fax". Known are: feed, hello, http-json.')
})

describe.each(adapterFixtures)('$protocol', (fixture) => {
  const adapter = adapterNamed(fixture.protocol)
  const channel = channelWith<unknown>(fixture.settings)
  const good = Buffer.from(fixture.good.text)

  it('tells its partner how to connect', () => {
    expect(existsSync(new URL(`../../adapters/${fixture.protocol}/README.md`, import.meta.url))).toBe(true)
  })

  it('describes each setting in Chinese and English, and marks each secret', () => {
    const validate = new Ajv2020({ strict: false }).compile(adapter.settings)

    expect(validate(fixture.settings), JSON.stringify(validate.errors)).toBe(true)
    for (const [name, node] of settingsIn(adapter.settings as SchemaNode)) {
      expect(`${node.title ?? ''} ${node.description ?? ''}`, name).toMatch(/\p{Script=Han}.* \/ [A-Za-z]/u)
      if (/secret|token|password/i.test(name)) expect(node.writeOnly, name).toBe(true)
    }
  })

  it('refuses a setting that it does not know', () => {
    const validate = new Ajv2020({ strict: false }).compile(adapter.settings)

    expect(validate({ ...fixture.settings, colour: 'red' })).toBe(false)
  })

  it('knows its sender by the bytes alone, without reading what they say', async () => {
    for (const { bytes } of hostile(fixture)) {
      expect((await adapter.authenticate(fixture.genuine(bytes), channel)).name).not.toBe('')
    }
  })

  it.each(fixture.forgeries(good))('refuses $name', async ({ payload, code }) => {
    const refusal = await adapter.authenticate(payload, channel).catch((error: unknown) => error)

    expect(refusal).toBeInstanceOf(AuthenticationError)
    expect(refusal).toMatchObject({ code })
    expect((refusal as Error).message).not.toContain(canary)
  })

  it('reads the records of a good payload, each with its place, and the same ones again', async () => {
    const first = await decode(fixture.genuine(good))
    const again = await decode(fixture.genuine(good))

    expect(first.map(({ kind }) => kind)).toEqual(
      Array.from({ length: fixture.good.records }, () => 'record'),
    )
    expect(new Set(first.map(({ position }) => position)).size).toBe(fixture.good.records)
    expect(again).toEqual(first)
  })

  it('gives plain trees: what it read survives being written as JSON', async () => {
    const records = await decode(fixture.genuine(good))

    expect(JSON.parse(JSON.stringify(records))).toEqual(records)
  })

  it.each(fixture.odd)('takes $name', async ({ text, records }) => {
    expect(await decode(fixture.genuine(Buffer.from(text)))).toHaveLength(records)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('takes a byte order mark', async () => {
    const marked = await decode(fixture.genuine(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good])))

    expect(marked).toEqual(await decode(fixture.genuine(good)))
  })

  it.each(hostile(fixture))(
    'meets $name with records or a reason, never with a crash or a word of the payload',
    async ({ bytes }) => {
      const result = await decode(fixture.genuine(bytes)).catch((error: unknown) => error)

      if (Array.isArray(result)) return expect(spoken(result)).not.toContain(canary)
      expect(result).toBeInstanceOf(DecodeError)
      expect((result as DecodeError).code).toMatch(/^payload\.[a-z-]+$/)
      expect(`${(result as DecodeError).message} ${(result as DecodeError).position}`).not.toContain(canary)
    },
  )

  if (fixture.noticesCutOff)
    it('notices at every byte that a payload lacks its end', async () => {
      for (let length = 1; length < good.length; length += 1) {
        const result = await decode(fixture.genuine(good.subarray(0, length))).catch(
          (error: unknown) => error,
        )

        expect(result, `cut at ${length}`).toBeInstanceOf(DecodeError)
      }
    })

  async function decode(payload: RawPayload): Promise<SourceRecord[]> {
    return Array.fromAsync(adapter.decode(payload, channel))
  }
})

/** What is shown to people of records that could not be read. */
function spoken(records: readonly SourceRecord[]): string {
  return records.map((record) => (record.kind === 'unreadable' ? record.detail : '') + record.position).join()
}

function settingsIn(node: SchemaNode): (readonly [string, SchemaNode])[] {
  const own = Object.entries(node.properties ?? {}).filter(([, one]) => one.const === undefined)
  return [...own, ...own.flatMap(([, one]) => settingsIn(one)), ...(node.anyOf ?? []).flatMap(settingsIn)]
}

function hostile({ good: { text } }: AdapterFixture): { name: string; bytes: Uint8Array }[] {
  const good = Buffer.from(text)
  const middle = good.indexOf(canary) + Buffer.byteLength(canary)
  const inserted = (bytes: readonly number[]): Buffer =>
    Buffer.concat([good.subarray(0, middle), Buffer.from(bytes), good.subarray(middle)])
  return [
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'white space', bytes: Buffer.from(' \r\n\t ') },
    { name: 'a byte order mark alone', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
    { name: 'half a payload', bytes: good.subarray(0, middle) },
    { name: 'half a character', bytes: good.subarray(0, middle - 12) },
    { name: 'two payloads in one', bytes: Buffer.concat([good, good]) },
    { name: 'a byte that no UTF-8 has', bytes: inserted([0xff]) },
    { name: 'a surrogate as UTF-8', bytes: inserted([0xed, 0xa0, 0x80]) },
    { name: 'an overlong slash', bytes: inserted([0xc0, 0xaf]) },
    { name: 'a raw NUL', bytes: inserted([0]) },
    { name: 'raw control characters', bytes: inserted([1, 2, 27, 127]) },
    { name: 'a replacement character that was really sent', bytes: inserted([0xef, 0xbf, 0xbd]) },
    { name: 'UTF-16', bytes: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]) },
    { name: 'UTF-16 without a mark', bytes: Buffer.from(text, 'utf16le') },
    { name: '20 MB of letters', bytes: Buffer.alloc(20_000_000, 'x') },
    { name: '20 MB after a good start', bytes: Buffer.concat([good.subarray(0, middle), Buffer.alloc(20_000_000, 'x')]) },
    ...['[', '{"a":', '<a>', '<rss>', '{"version":"https://jsonfeed.org/version/1","items":['].flatMap((opening) => [
      { name: `10,000 levels of ${opening}`, bytes: Buffer.from(opening.repeat(10_000)) },
      { name: `1 MB of ${opening}`, bytes: Buffer.from(opening.repeat(Math.ceil(1_000_000 / opening.length))) },
    ]),
    { name: '1 MB of quotes', bytes: Buffer.alloc(1_000_000, '"') },
    { name: '1 MB of escapes', bytes: Buffer.alloc(1_000_000, '\\"') },
    { name: '1 MB of open tags within quotes', bytes: Buffer.from(`<rss a="${'<rss'.repeat(250_000)}">`) },
    { name: '60,000 records', bytes: Buffer.from(`[${'{},'.repeat(60_000)}{}]`) },
    { name: '60,000 lines', bytes: Buffer.from('a\n'.repeat(30_000)) },
    { name: '60,000 entries', bytes: Buffer.from(`<rss><channel>${'<item/>'.repeat(60_000)}</channel></rss>`) },
    { name: 'an entity bomb', bytes: Buffer.from(`<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "${canary}"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>`) },
    { name: 'an outside entity', bytes: Buffer.from('<!DOCTYPE r SYSTEM "file:///etc/passwd"><rss/>') },
    { name: 'a document type late in the text', bytes: Buffer.from('<rss><channel><item><!DOCTYPE r [<!ENTITY a "b">]></item></channel></rss>') },
    { name: 'a web page', bytes: Buffer.from(`<!DOCTYPE html><html><body>${canary}</body></html>`) },
    { name: 'a web page without a type', bytes: Buffer.from(`<html><body>${canary}</body></html>`) },
    { name: 'elements named like built-ins', bytes: Buffer.from(`<rss><channel><item><__proto__>${canary}</__proto__></item></channel></rss>`) },
    { name: 'one string', bytes: Buffer.from(JSON.stringify(canary)) },
    { name: 'null', bytes: Buffer.from('null') },
    { name: 'records that are none', bytes: Buffer.from(JSON.stringify([null, 1, canary, [canary], {}])) },
    { name: 'JSON that is nearly right', bytes: Buffer.from(`{'name': ${canary}}`) },
  ] // prettier-ignore
}
