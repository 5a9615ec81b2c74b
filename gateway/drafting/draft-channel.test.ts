import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileMapping } from '../mapping/compile.ts'
import { failedExamples, readExample } from '../mapping/examples.ts'
import { loadPlatforms, readChannel } from '../mapping/load.ts'
import { mergeChannel } from '../mapping/merge.ts'
import { loadReferenceCodes } from '../mapping/reference.ts'
import { parseYaml } from '../mapping/yaml-file.ts'
import { completed } from './completed-for-test.ts'
import { draftChannel } from './draft-channel.ts'
import { proposeChannel } from './propose-channel.ts'
import type { SampleRecord } from './sample.ts'
import { testSources } from './samples-for-test.ts'

const mappings = join(import.meta.dirname, '../../mappings')
const reference = await loadReferenceCodes(join(mappings, 'codes'))
const { platforms } = await loadPlatforms(join(mappings, 'platforms'))
const standard = platforms.get('standard')?.value
if (standard === undefined) throw new Error('mappings/platforms/standard is missing.')

const draftOf = (records: readonly SampleRecord[]) =>
  draftChannel({ form: 'json', records, notes: [] }, { channel: 'new-source', reference, platform: standard })

/** The channel over its platform, and the examples that do not hold. Throws what compiling throws. */
function compiled(yaml: string) {
  const [document, ...rest] = parseYaml(yaml, 'draft.yaml')
  if (document === undefined) throw new Error('the draft is empty')
  const channel = readChannel(document)
  const mapping = compileMapping(
    mergeChannel(standard as never, channel, document.place),
    document.place,
    reference,
  )
  return { channel, mapping, failed: failedExamples(mapping, rest.map(readExample)) }
}

describe.each(testSources)('a draft from $name', async ({ file, bytes, targets }) => {
  const proposal = await proposeChannel(bytes, {
    name: file,
    channel: 'new-source',
    title: '新来源',
    reference,
  })
  const found = new Map(proposal.proposals.map(({ source, target }) => [source, target]))

  test('takes its fields for what they are', () => {
    const wanted = Object.entries(targets).filter(([, target]) => target !== null)

    const right = wanted.filter(([source, target]) => found.get(source) === target)

    expect(right.length / wanted.length).toBeGreaterThanOrEqual(0.9)
  })

  test('names every other field with its shape', () => {
    const others = Object.keys(targets).filter((source) => !found.has(source))

    expect(proposal.unmatched.map(({ source }) => source).toSorted()).toEqual(others.toSorted())
  })

  test('compiles, and its example holds once a person has done what the comments ask', () => {
    const { channel, failed } = compiled(completed(proposal.yaml))

    expect(channel.state).toBe('draft')
    expect(failed).toEqual([])
  })

  test('is a page that can be read', () => {
    const [channel = ''] = proposal.yaml.split('\n---\n')
    const lines = channel.split('\n').filter((line) => !/^ *#/.test(line))

    expect(lines.length).toBeGreaterThanOrEqual(10)
    expect(lines.length).toBeLessThanOrEqual(45)
  })
})

test('of all fields of all sources at least nine of ten are found, and hardly one is taken for another', async () => {
  let [wanted, right, wrong] = [0, 0, 0]
  for (const { file, bytes, targets } of testSources) {
    const { proposals } = await proposeChannel(bytes, { name: file, channel: 'new-source', reference })
    wanted += Object.values(targets).filter((target) => target !== null).length
    right += proposals.filter(({ source, target }) => targets[source] === target).length
    wrong += proposals.filter(({ source, target }) => targets[source] !== target).length
  }

  expect(right / wanted).toBeGreaterThanOrEqual(0.9)
  expect(wrong / wanted).toBeLessThan(0.05)
})

describe('confidence', () => {
  const rows = (name: string) =>
    Array.from({ length: 5 }, (_, index) => ({ no: `A${index}`, [name]: `1390001000${index}` }))
  const phoneOf = (name: string) =>
    draftOf(rows(name)).proposals.find(({ target }) => target === 'reporter.phone')?.confidence ?? 0

  test('falls from the whole name over initials to values alone', () => {
    const [whole, initials, alone] = [phoneOf('联系电话'), phoneOf('lxdh'), phoneOf('col7')]

    expect(whole).toBeGreaterThan(initials)
    expect(initials).toBeGreaterThan(alone)
    expect(alone).toBeGreaterThan(0.4)
  })

  test('falls where the values cannot be what the name says', () => {
    const { proposals } = draftOf([
      { no: 'A1', 联系电话: '半坡社区' },
      { no: 'A2', 联系电话: '听松社区' },
    ])

    expect(proposals.map(({ target }) => target)).not.toContain('reporter.phone')
  })
})

describe('what cannot be seen is left to a person', () => {
  test('a point without a stated system is a comment, and does not compile before the system is filled in', () => {
    const { yaml, proposals } = draftOf([{ id: 'A1', text: '路灯不亮', lng: '113.951234', lat: '22.512345' }])
    const live = yaml.replace('# location.point:', 'location.point:')

    expect(proposals.filter(({ target }) => target === 'location.point').map(({ rule }) => rule)).toEqual([
      null,
      null,
    ])
    expect(() => compiled(live)).toThrow(/system/)
    expect(compiled(live.replace('system:', 'system: BD-09')).failed).toEqual([])
  })

  test('x and y are told apart by their values, whatever they are called', () => {
    const { yaml } = draftOf([
      { id: 'A1', x: '22.512345', y: '113.951234' },
      { id: 'A2', x: '22.612345', y: '113.851234' },
    ])

    expect(yaml).toContain('# location.point: { as: { reader: point, system:, x: y, y: x } }')
  })

  test('what a report needs and no field has is named', () => {
    const { missing, yaml } = draftOf([{ 标题: '路灯不亮' }])

    expect(missing).toEqual(['externalId', 'kind', 'submittedAt'])
    expect(yaml).toContain('# externalId:')
  })

  test('a code whose words are no canonical name stands as a comment, so that it is quarantined', () => {
    const { yaml } = draftOf([
      { 编号: 'A1', 诉求类型: '投诉', 内容: '路灯不亮' },
      { 编号: 'A2', 诉求类型: '吐槽', 内容: '路灯太亮' },
    ])
    const { mapping } = compiled(yaml)
    const record = { 编号: 'A3', 诉求类型: '吐槽', 内容: '文字' }

    const made = mapping.feeds['push']?.map(record, { channelId: 'c', feed: 'push', receivedAt: new Date() })

    expect(yaml).toMatch(/^ {6}投诉: complaint /m)
    expect(yaml).toMatch(/^ {6}# 吐槽: /m)
    expect(made).toMatchObject({ kind: 'quarantined', reason: { code: 'mapping.unknown-code' } })
  })
})

test('a field of the source that the platform would read by chance is not read', () => {
  const { yaml } = draftOf([{ 编号: 'A1', 内容: '路灯不亮，已经三天', extra: '#', kind: { a: '1' } }])

  expect(yaml).toContain('extra: null')
  expect(compiled(yaml).failed).toEqual([])
})

test('a source with a field "type" of its own keeps its reports', () => {
  const { yaml } = draftOf([{ 编号: 'A1', type: '投诉', 内容: '路灯不亮，已经三天没有人来修' }])

  expect(compiled(yaml).failed).toEqual([])
})

test('nothing personal of the sample stands in the draft', async () => {
  const secrets = ['王先生', '陈建国', '13900010001', '110105199003071', '3栋后门', '垃圾桶', 'u1@mail']

  const drafts = await Promise.all(
    testSources.map(({ file, bytes }) =>
      proposeChannel(bytes, { name: file, channel: 'new-source', reference }),
    ),
  )

  const words = JSON.stringify(drafts)
  expect(secrets.filter((secret) => words.includes(secret))).toEqual([])
})

test('a name that is itself a phone number is not shown', () => {
  const draft = draftOf([{ 编号: 'A1', '13900010001': '路灯', 客户: { '139-0001-0001': '1' } }])

  expect(JSON.stringify(draft)).not.toMatch(/139-?0001/)
  expect(draft.unmatched.map(({ source }) => source)).toContain('(not shown)')
})

describe('a hostile sample', () => {
  test.each([
    ['a name that would end its comment', { 编号: 'A1', 'x\nstate: live\ny': '1' }],
    ['a formula as a name', { 编号: 'A1', "=cmd|' /C calc'!A0": '1' }],
    ['a formula as a code', { 编号: 'A1', 诉求类型: '=HYPERLINK("http://x")' }],
    ['both kinds of quotes in a name', { 编号: 'A1', [`a'"b`]: '1' }],
    ['a name that begins with a dollar sign', { 编号: 'A1', $receivedAt: '1', $where: '1' }],
    [
      'names of built-ins',
      JSON.parse('{"编号":"A1","__proto__":{"x":1},"constructor":"1","toString":{"a":1}}'),
    ],
    ['YAML within values', { 编号: 'A1', 诉求类型: '---\n- !!js/function x', 类别: '&a *a <<: ' }],
    ['a phone as a name', { 编号: 'A1', '13900010001': '1' }],
    ['a NUL as a name', { 编号: 'A1', '\0': {} }],
    ['half of a character as a name', { 编号: 'A1', 'x\ud800': '1' }],
    ['a NUL and half of a character within values', { 编号: 'A\0', 诉求类型: '\ud800', 类别: '\0' }],
  ])('with %s makes a draft that compiles and stays a draft', (_, record) => {
    const { channel, failed } = compiled(draftOf([record as SampleRecord]).yaml)

    expect(channel.state).toBe('draft')
    expect(channel.channel).toBe('new-source')
    expect(failed.filter(({ actual }) => typeof actual === 'string')).toEqual([])
  })

  test('of any JSON objects makes a draft that compiles', () => {
    const record = fc.dictionary(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
      { maxKeys: 12 },
    )

    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
        expect(compiled(draftOf(records as SampleRecord[]).yaml).channel.state).toBe('draft')
      }),
      { numRuns: 60 },
    )
  })

  test('with a name that no channel can have is refused', async () => {
    const refused = proposeChannel(Buffer.from('{"id":1}'), { channel: 'A b', reference })

    await expect(refused).rejects.toMatchObject({ code: 'request.parameter' })
  })
})
