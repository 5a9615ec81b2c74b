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
import { adapterFixtures, canary } from '../support/adapter-fixtures.ts'
import { hostilePayloads } from '../support/adapter-hostile.ts'

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
  expect(() => adapterNamed('fax')).toThrow(
    `There is no adapter "fax". Known are: ${[...adapters.keys()].join(', ')}.`,
  )
})

describe.each(adapterFixtures)('$protocol', (fixture) => {
  const adapter = adapterNamed(fixture.protocol)
  const channel = channelWith<unknown>(fixture.settings)
  const good = Buffer.from(fixture.good.text)

  it('tells its partner how to connect', () => {
    expect(existsSync(new URL(`../../adapters/${fixture.protocol}/README.md`, import.meta.url))).toBe(true)
  })

  it('describes each setting in Chinese and English', () => {
    const mute = settingsIn(adapter.settings).filter(
      ([, { title = '', description = '' }]) =>
        !/\p{Script=Han}.* \/ [A-Za-z]/u.test(`${title} ${description}`),
    )

    expect(mute.map(([name]) => name)).toEqual([])
  })

  it('marks each secret, so that nobody reads it back', () => {
    const open = settingsIn(adapter.settings).filter(
      ([name, { writeOnly }]) => /secret|token|password/i.test(name) && writeOnly !== true,
    )

    expect(open.map(([name]) => name)).toEqual([])
  })

  it('takes the settings of its fixture', () => {
    const validate = new Ajv2020({ strict: false }).compile(adapter.settings)

    validate(fixture.settings)

    expect(validate.errors).toBeNull()
  })

  it('refuses a setting that it does not know', () => {
    const validate = new Ajv2020({ strict: false }).compile(adapter.settings)

    expect(validate({ ...fixture.settings, colour: 'red' })).toBe(false)
  })

  it('knows its sender by the bytes alone, without reading what they say', async () => {
    for (const { bytes } of hostilePayloads(fixture)) {
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

  it.each(hostilePayloads(fixture))(
    'meets $name with records or a reason, never with a crash or a word of the payload',
    async ({ bytes }) => {
      const { code, spoken } = await verdictOn(bytes)

      expect(code).toMatch(/^(records|payload\.[a-z-]+)$/)
      expect(spoken).not.toContain(canary)
    },
  )

  it('notices at every byte that a payload lacks its end, where its syntax can show it', async () => {
    const lengths = Array.from(
      { length: fixture.noticesCutOff ? good.length - 1 : 0 },
      (_, index) => index + 1,
    )

    const verdicts = await Promise.all(lengths.map((length) => verdictOn(good.subarray(0, length))))

    expect(verdicts.filter(({ code }) => code === 'records')).toEqual([])
  })

  /** What people are shown of it: `records`, or the code of the DecodeError; and every word of ours about it. */
  async function verdictOn(bytes: Uint8Array): Promise<{ code: string; spoken: string }> {
    try {
      const records = await decode(fixture.genuine(bytes))
      const spoken = records.map(
        (record) => `${record.position} ${record.kind === 'unreadable' ? record.detail : ''}`,
      )
      return { code: 'records', spoken: spoken.join() }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return { code: error.code, spoken: `${error.message} ${error.position}` }
    }
  }

  async function decode(payload: RawPayload): Promise<SourceRecord[]> {
    return Array.fromAsync(adapter.decode(payload, channel))
  }
})

function settingsIn(node: SchemaNode): (readonly [string, SchemaNode])[] {
  const own = Object.entries(node.properties ?? {}).filter(([, one]) => one.const === undefined)
  return [...own, ...own.flatMap(([, one]) => settingsIn(one)), ...(node.anyOf ?? []).flatMap(settingsIn)]
}
