import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Channel } from '../../schemas/channel.ts'
import type { Mapping } from '../../schemas/mapping.ts'
import { compileMapping } from './compile.ts'
import { MappingDefinitionError } from './definition-error.ts'
import { loadMappings, readChannel } from './load.ts'
import { mergeChannel } from './merge.ts'
import { loadReferenceCodes, progressTextOf } from './reference.ts'
import { parseYaml } from './yaml-file.ts'

const root = mkdtempSync(join(tmpdir(), 'guiyi-mappings-'))
afterAll(() => rmSync(root, { recursive: true }))

const platform = `platform: sample
name: { zh: 样例 }
codes:
  category: { otherwise: quarantine, table: { '0101': a, 0102: b } }
feeds:
  push:
    adapter: http-json
    rank: 1
    identity: [no]
    settings: { authentication: { kind: hmac, toleranceS: 60 } }
    forward:
      - into: report
        fields: { externalId: no, text: text, kind: { value: other }, submittedAt: { from: at, as: datetime } }
reverse:
  adapter: http-json
  partner: keyed
  manual: { text: progressText, where: { value: 网站 } }
  events:
    registered: { action: call, request: reply, code: '20', class: acceptance }
    resolved: { action: call, request: reply, code: '60', text: event.content.answer, requires: [event.content.answer] }
    otherwise: { action: skip, reason: 不公布 }
  requests:
    reply: { settings: { path: /reply }, body: { status: code }, answer: { delivered: status == 200 } }
`

function folderWith(files: { [name: string]: string }): { platforms: string; channels: string } {
  const folder = mkdtempSync(join(root, 'case-'))
  mkdirSync(join(folder, 'platforms/sample'), { recursive: true })
  mkdirSync(join(folder, 'channels'))
  writeFileSync(join(folder, 'platforms/sample/platform.yaml'), platform)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return { platforms: join(folder, 'platforms'), channels: join(folder, 'channels') }
}

async function failureOf(files: { [name: string]: string }): Promise<string> {
  try {
    await loadMappings(folderWith(files))
    return 'none'
  } catch (error) {
    return error instanceof MappingDefinitionError ? error.message.replaceAll(root, '') : String(error)
  }
}

describe('reading the files', () => {
  test('platforms and channels come by name', async () => {
    const loaded = await loadMappings(
      folderWith({ 'channels/pw-7.yaml': 'channel: pw-7\nplatform: sample\nname: { zh: 甲 }\n' }),
    )

    expect([...loaded.platforms.keys(), ...loaded.channels.keys()]).toEqual(['sample', 'pw-7'])
  })

  test('a missing folder holds nothing', async () => {
    const loaded = await loadMappings({ platforms: join(root, 'none'), channels: join(root, 'none') })

    expect(loaded.platforms.size).toBe(0)
  })

  test('a fault names file, line and the nearest known name', async () => {
    const message = await failureOf({
      'channels/pw-7.yaml': 'channel: pw-7\nplatform: sample\nname: { zh: 甲 }\nstat: live\n',
    })

    expect(message).toMatch(/pw-7\.yaml:4 \/stat: "stat" is not known here\. Did you mean "state"\?/)
  })

  test('broken YAML names its line', async () => {
    expect(await failureOf({ 'channels/pw-7.yaml': 'channel: pw-7\nname: { zh\n  x' })).toMatch(
      /pw-7\.yaml:\d+: The YAML cannot be read/,
    )
  })

  test('faults of several files are listed together', async () => {
    const message = await failureOf({
      'channels/a.yaml': 'channel: a\n',
      'channels/b.yaml': 'channel: c\nplatform: sample\nname: { zh: 甲 }\n',
    })

    expect(message).toMatch(/a\.yaml/)
    expect(message).toMatch(/differs from the file's, "b"/)
  })

  test('a channel of an unknown platform is refused', async () => {
    expect(
      await failureOf({ 'channels/a.yaml': 'channel: a\nplatform: sampel\nname: { zh: 甲 }\n' }),
    ).toMatch(/Did you mean "sample"/)
  })

  test('codes keep their leading zeros', () => {
    expect(parseYaml("{ 0101: '0202', true: x }", 'a.yaml')[0]?.value).toEqual({ '0101': '0202', true: 'x' })
  })
})

describe('a channel over its platform', () => {
  const mapping = parseYaml(platform, 'platform.yaml')[0]?.value as Mapping
  const channel: Channel = { channel: 'pw-7', platform: 'sample', name: { zh: '甲' } }

  test('rows are merged over tables, settings over settings', () => {
    const merged = mergeChannel(mapping, {
      ...channel,
      codes: { category: { table: { '0101': 'c', '0103': 'd' } } },
      feeds: { push: { settings: { authentication: { secret: { secret: 'PW7' } } } } },
    })

    expect(merged.codes?.['category']).toEqual({
      otherwise: 'quarantine',
      table: { '0101': 'c', '0102': 'b', '0103': 'd' },
    })
    expect(merged.feeds['push']?.settings).toEqual({
      authentication: { kind: 'hmac', toleranceS: 60, secret: { secret: 'PW7' } },
    })
    expect(merged.issuer).toBe('pw-7')
  })

  test('settings of another kind replace', () => {
    const merged = mergeChannel(mapping, {
      ...channel,
      feeds: { push: { settings: { authentication: { kind: 'api-key' } } } },
    })

    expect(merged.feeds['push']?.settings).toEqual({ authentication: { kind: 'api-key' } })
  })

  test('without interface every call becomes a task, with the action’s own text or the platform’s', () => {
    const merged = mergeChannel(mapping, { ...channel, reverse: { manual: true } })

    expect(merged.reverse.events).toMatchObject({
      registered: {
        action: 'task',
        text: 'progressText',
        where: { value: '网站' },
        code: '20',
        class: 'acceptance',
      },
      resolved: { action: 'task', text: 'event.content.answer', requires: ['event.content.answer'] },
      otherwise: { action: 'skip' },
    })
    expect(merged.reverse.adapter).toBeUndefined()
    expect(compileMapping(merged, { file: 'pw-7.yaml' }).reverse.codeOf('registered')).toBe('20')
  })

  test('a channel may pull where its platform is called', () => {
    const pulls = [{}, { reverse: { pull: true } }].map((override) => {
      const merged = mergeChannel(mapping, { ...channel, ...override })
      return compileMapping(merged, { file: 'pw-7.yaml' }).reverse.pull
    })

    expect(pulls).toEqual([false, true])
  })

  test('without interface what a handler is told becomes tasks, too', () => {
    const handler = { events: { otherwise: { action: 'call', request: 'reply' } as const } }

    const merged = mergeChannel(
      { ...mapping, reverse: { ...mapping.reverse, handler } },
      { ...channel, reverse: { manual: true } },
    )

    expect(merged.reverse.handler?.events).toMatchObject({
      otherwise: { action: 'task', text: 'progressText' },
    })
  })

  test('a feed or table that the platform has not is refused', () => {
    expect(() => mergeChannel(mapping, { ...channel, feeds: { pusch: {} } })).toThrow(/Did you mean "push"/)
    expect(() => mergeChannel(mapping, { ...channel, codes: { categry: { table: {} } } })).toThrow(
      /Did you mean "category"/,
    )
  })
})

describe('the codes of the sample district', async () => {
  const codes = await loadReferenceCodes(join(import.meta.dirname, '../../mappings/codes'))

  test('every leaf has a unit that exists, and a time limit', () => {
    const leaves = [...codes.categories.values()].filter(({ level }) => level === 3)

    expect(leaves.length).toBeGreaterThan(60)
    expect(leaves.filter(({ unit, limit }) => limit === undefined || !codes.units.has(unit ?? ''))).toEqual(
      [],
    )
  })

  test('a unit is found by an alias', () => {
    expect(codes.unitsByName.get('自来水公司')?.code).toBe('GSGS')
  })

  test('the public wording stands in where an event has no public text', () => {
    expect(progressTextOf(codes, { type: 'signed', content: {} })).toBe('责任单位已签收您的诉求。')
    expect(progressTextOf(codes, { type: 'signed', content: { publicText: '已接单' } })).toBe('已接单')
  })
})

test.each(['__proto__', 'constructor'])('a channel cannot name a feed, a table or a request %s', (name) => {
  const channel = `channel: a\nplatform: sample\nname: { zh: 样例 }\nfeeds: { ${name}: { enabled: true } }\ncodes: { ${name}: { otherwise: x } }\nreverse: { requests: { ${name}: {} } }\n`
  const [document] = parseYaml(channel, 'a.yaml')
  const read = () => document && readChannel(document)

  expect(read).toThrow(/\/feeds/)
  expect(read).toThrow(/\/codes/)
  expect(read).toThrow(/\/reverse\/requests/)
})

test.each([
  ['a NUL', 'channel: a\nname: { zh: "x\\0y" }\n', 'a.yaml:2 /name/zh: The text holds a NUL'],
  [
    'half of a character',
    'channel: a\nname: { zh: "\\ud800" }\n',
    'a.yaml:2 /name/zh: The text holds a NUL, or half',
  ],
  [
    'alias upon alias',
    `a: &a [${'x, '.repeat(9)}x]\nb: &b [${'*a, '.repeat(9)}*a]\nc: &c [${'*b, '.repeat(9)}*b]\nd: [${'*c, '.repeat(9)}*c]\n`,
    'less deep',
  ],
  ['no end of brackets', '['.repeat(200_000), 'The YAML cannot be read'],
])('YAML with %s is refused with the reason', (_what, text, words) => {
  const read = () => parseYaml(text, 'a.yaml')

  expect(read).toThrow(MappingDefinitionError)
  expect(read).toThrow(words)
})
