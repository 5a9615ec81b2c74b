import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Mapping } from '../../schemas/mapping.ts'
import { MessageContent } from '../../schemas/message.ts'
import { RecordReason } from '../../schemas/receipt.ts'
import { ReportContent } from '../../schemas/report.ts'
import { compileMapping } from './compile.ts'
import type { CompiledFeed, MappedRecord } from './feed.ts'
import { compileValidator } from './validation.ts'

const mapping = {
  platform: 'sample',
  name: { zh: '样例' },
  codes: {
    category: { otherwise: 'quarantine', table: { '0211': '020101' } },
    kind: { otherwise: 'other', table: { '3': 'complaint' } },
    street: { otherwise: 'absent', table: { '01': '990100001' } },
    system: { otherwise: 'quarantine', table: { '2': 'GCJ-02' } },
  },
  feeds: {
    push: {
      adapter: 'http-json',
      rank: 1,
      identity: ['no', 'msg'],
      ignores: ['spare'],
      filters: [{ when: 'record.test == true', reason: '测试' }],
      forward: [
        {
          when: '!has(record.msg)',
          into: 'report',
          fields: {
            externalId: 'no',
            title: { from: 'title', as: 'html' },
            text: { from: ['content', 'body.text'] },
            kind: { from: 'type', codes: 'kind', default: 'other' },
            category: { from: 'category', codes: 'category' },
            submittedAt: { from: 'at', as: 'datetime' },
            'location.street': { from: 'street', codes: 'street' },
            'location.point': { as: { reader: 'point', system: '$system', x: 'x', y: 'y' }, codes: 'system' },
            'reporter.phone': { from: 'phone', as: 'phone' },
            'reporter.siteUser.site': '$channel',
            'reporter.siteUser.id': 'user',
            'references[0].issuer': { value: 'city' },
            'references[0].number': 'city_no',
            tags: { from: 'tags', as: 'list' },
            attachments: { from: 'files', as: 'attachments' },
            sourceCategory: { join: ['category', 'street'], with: '/' },
            'extra.count': { cel: 'record.count + 1' },
            'extra.raw': 'raw',
          },
        },
        {
          when: 'record.msg == "URGE"',
          into: 'message',
          kind: 'urge',
          fields: { about: 'no', occurredAt: { from: 'at', as: 'datetime' }, text: 'content' },
        },
      ],
    },
  },
  reverse: { partner: 'blind', events: { otherwise: { action: 'skip', reason: '不回传' } } },
} satisfies Mapping

const feed = compileMapping(mapping, { file: 'platform.yaml' }).feeds['push'] as CompiledFeed
const context = { channelId: 'pw-7', feed: 'push', receivedAt: new Date('2026-11-22T04:00:00Z') }
const record = { no: 'A1', content: '路灯不亮', type: '3', at: '2026-11-22 10:05:00' }
const map = (value: unknown): MappedRecord => feed.map(value, context)
const content = (value: object): ReportContent => {
  const made = map({ ...record, ...value })
  if (made.kind !== 'report') throw new Error(`a report was expected: ${JSON.stringify(made)}`)
  return made.content
}

/** A feed of the needed fields and these. */
function feedWith(fields: { [target: string]: unknown }, ignores: string[] = []): CompiledFeed {
  const definition: unknown = {
    ...mapping,
    feeds: {
      push: {
        adapter: 'http-json',
        rank: 1,
        identity: ['no'],
        ignores,
        forward: [
          {
            into: 'report',
            fields: {
              externalId: 'no',
              text: { from: ['content', 'body.text'] },
              kind: { from: 'type', codes: 'kind', default: 'other' },
              submittedAt: { from: 'at', as: 'datetime' },
              ...fields,
            },
          },
        ],
      },
    },
  }
  return compileMapping(definition as Mapping, { file: 'platform.yaml' }).feeds['push'] as CompiledFeed
}

const contentOf = (fields: { [target: string]: unknown }, value: object): unknown => {
  const made = feedWith(fields).map({ ...record, ...value }, context)
  return made.kind === 'report' ? made.content : made
}

describe('paths over lists', () => {
  const photos = {
    photos: [{ url: 'https://a/1', tag: 'x-1' }, { tag: 'y' }, { url: 'https://a/2', tag: 'x-2' }],
  }

  test.each<[string, object, object, object]>([
    [
      'every item',
      { attachments: { from: 'photos[*].url', as: 'attachments' } },
      photos,
      { attachments: [{ url: 'https://a/1' }, { url: 'https://a/2' }] },
    ],
    ['the last item', { 'extra.last': 'photos[-1].tag' }, photos, { extra: { last: 'x-2' } }],
    [
      'a match, item by item',
      { tags: { from: 'photos[*].tag', match: 'x-(.)' } },
      photos,
      { tags: ['1', '2'] },
    ],
    [
      'a join, item by item',
      { title: { join: ['photos[*].tag'], with: '、' } },
      photos,
      { title: 'x-1、y、x-2' },
    ],
    [
      'one object where a list is meant',
      { tags: 'photos[*].tag' },
      { photos: { tag: 'x' } },
      { tags: ['x'] },
    ],
    [
      'the last of what is no list',
      { 'extra.last': 'photos[-1].tag' },
      { photos: { tag: 'x' } },
      { extra: { last: 'x' } },
    ],
    [
      'lists within lists',
      { tags: 'rows[*].cells[*]' },
      { rows: [{ cells: ['a', 'b'] }, { cells: ['c'] }] },
      { tags: ['a', 'b', 'c'] },
    ],
    [
      'an empty list, then another path',
      { title: { from: ['none[*].x', 'no'] } },
      { none: [] },
      { title: 'A1' },
    ],
  ])('%s', (_name, fields, value, expected) => {
    expect(contentOf(fields as { [target: string]: unknown }, value)).toMatchObject(expected)
  })

  test('that look at too many items are refused, although they find nothing', () => {
    const row = { cells: Array.from({ length: 1000 }, () => ({})) }
    const value = { ...record, rows: Array.from({ length: 1000 }, () => row) }

    expect(feedWith({ tags: 'rows[*].cells[*].x' }).map(value, context)).toMatchObject({
      reason: { code: 'mapping.too-much' },
    })
  })

  test('of more than a thousand values are refused, with the path', () => {
    const value = { ...record, photos: Array.from({ length: 1001 }, () => ({ tag: 'x' })) }

    expect(feedWith({ tags: 'photos[*].tag' }).map(value, context)).toMatchObject({
      kind: 'quarantined',
      reason: { code: 'mapping.too-much', detail: expect.stringContaining('at photos[*].tag') },
    })
  })
})

describe('a record that costs too much', () => {
  const long = 'x'.repeat(100_000)

  test.each<[string, object, object]>([
    [
      'many patterns over a long text',
      Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [
          `extra.m${n}`,
          { from: 'content', match: String.raw`(\pL{3,9}\d)+$` },
        ]),
      ),
      { content: long },
    ],
    [
      'many readings of long mark-up',
      Object.fromEntries(
        Array.from({ length: 50 }, (_, n) => [`extra.h${n}`, { from: 'content', as: 'html' }]),
      ),
      { content: '<p>x</p>'.repeat(12_000) },
    ],
    [
      'a join of joins',
      {
        'extra.j': {
          join: Array.from({ length: 20 }, () => ({ join: Array.from({ length: 20 }, () => 'content') })),
        },
      },
      { content: long },
    ],
  ])('waits, with its reason: %s', (_name, fields, value) => {
    const made = feedWith(fields as { [target: string]: unknown }).map({ ...record, ...value }, context)

    expect(made).toMatchObject({ kind: 'quarantined', reason: { code: 'mapping.too-much' } })
  })
})

describe('a record that can be mapped', () => {
  test('becomes a report', () => {
    expect(map(record)).toEqual({
      kind: 'report',
      identity: 'A1',
      content: {
        externalId: 'A1',
        text: '路灯不亮',
        kind: 'complaint',
        submittedAt: '2026-11-22T02:05:00.000Z',
        urgency: 'normal',
      },
      unknown: [],
    })
  })

  test('becomes a message where its rule says so', () => {
    expect(map({ no: 'A1', msg: 'URGE', at: '2026-11-22T10:05:00+08:00' })).toMatchObject({
      kind: 'message',
      identity: 'A1|URGE',
      content: { about: 'A1', kind: 'urge', occurredAt: '2026-11-22T02:05:00.000Z' },
    })
  })

  test('is filtered with the words of the filter', () => {
    expect(map({ ...record, test: true })).toEqual({
      kind: 'filtered',
      identity: 'A1',
      reason: { code: 'mapping.filtered', detail: '测试' },
    })
  })

  test('falls back over absent, null and blank values', () => {
    expect(content({ content: '  ', body: { text: '第二处' } }).text).toBe('第二处')
  })

  test('gives a number as text where text is wanted', () => {
    expect(content({ no: 42 }).externalId).toBe('42')
  })

  test('leaves out a reference without number and a site user without id', () => {
    const made = content({ city_no: '' })

    expect(made.references).toBeUndefined()
    expect(made.reporter).toBeUndefined()
  })

  test('computes with numbers as JSON has them', () => {
    expect(content({ count: 2 }).extra).toEqual({ count: '3' })
  })

  test('joins what is there', () => {
    expect(content({ category: '0211' }).sourceCategory).toBe('0211')
  })

  test('loses NUL characters and lone surrogates, which PostgreSQL refuses', () => {
    expect(content({ content: 'a\0b\ud800c', tags: ['x\0'] })).toMatchObject({
      text: 'ab\ufffdc',
      tags: ['x'],
    })
  })

  test('has its hash as identity where the mapping finds none', () => {
    const made = map({ content: 'x', at: '2026-11-22' })

    expect(made).toMatchObject({
      kind: 'quarantined',
      identity: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
  })

  test('keeps identities apart that only look alike when joined', () => {
    const [first, second] = [map({ no: 'a|b' }), map({ no: 'a', msg: 'b' })]

    expect(first.identity).not.toBe(second.identity)
  })
})

describe('what is not known', () => {
  test('a code with a stated otherwise is used, and seen', () => {
    expect(map({ ...record, type: '9' })).toMatchObject({
      kind: 'report',
      content: { kind: 'other' },
      unknown: [{ table: 'kind', value: '9' }],
    })
  })

  test('a code that goes absent is seen', () => {
    expect(map({ ...record, street: '77' })).toMatchObject({
      kind: 'report',
      unknown: [{ table: 'street', value: '77' }],
    })
  })

  test('a code in full-width digits is the code that its row names', () => {
    expect(map({ ...record, category: '０２１１' })).toMatchObject({
      kind: 'report',
      content: { category: '020101' },
      unknown: [],
    })
  })

  test('a code that quarantines says which, and where to add it', () => {
    expect(map({ ...record, category: '0419' })).toMatchObject({
      kind: 'quarantined',
      externalId: 'A1',
      reason: {
        code: 'mapping.unknown-code',
        detail:
          'Channel pw-7 sent category 0419, which its mapping does not list. Add it under codes.category.',
      },
    })
  })

  test('a code that quarantines is what blocks the record', () => {
    expect(map({ ...record, category: '0419', type: '9' })).toMatchObject({
      unknown: [
        { table: 'kind', value: '9' },
        { table: 'category', value: '0419', blocks: true },
      ],
    })
  })

  test('a kind of record that no rule takes is counted by what the rules tell records apart by', () => {
    expect(map({ ...record, msg: 'EVAL' })).toMatchObject({
      kind: 'quarantined',
      reason: { code: 'mapping.no-rule' },
      unknown: [{ table: 'rules', value: 'msg=EVAL', blocks: true }],
    })
  })

  test('a personal value is not shown as a kind of record', () => {
    expect(map({ ...record, msg: '13812345678' })).toMatchObject({
      unknown: [{ table: 'rules', value: 'msg=(not shown)', blocks: true }],
    })
  })

  test('a new field is seen beside those that the mapping names, also within an object and a list', () => {
    const nested = feedWith({
      'reporter.name': 'contact.name',
      'extra.first': 'photos[*].kind',
      'extra.raw': { cel: 'string(record.site.code)' },
    })

    expect(
      nested.map(
        {
          ...record,
          contact: { name: '陈', wechat: 'w' },
          photos: [
            { kind: 'a', size: 1 },
            { kind: 'b', size: 2 },
          ],
          site: { code: 1, grid: 2 },
        },
        context,
      ),
    ).toMatchObject({
      unknown: [
        { table: 'fields', value: 'contact.wechat' },
        { table: 'fields', value: 'photos.size' },
        { table: 'fields', value: 'site.grid' },
      ],
    })
  })

  test('what is read or ignored whole has no new fields within', () => {
    const whole = feedWith({ attachments: { from: 'files', as: 'attachments' } }, ['spare', 'body.more'])
    const value = {
      ...record,
      files: [{ url: 'https://a/1', size: 3 }],
      spare: { a: 1 },
      body: { more: { b: 2 } },
    }

    expect(whole.map(value, context)).toMatchObject({ kind: 'report', unknown: [] })
  })

  test('new fields without number are seen up to twenty', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`f${n}`, n]))
    const made = map({ ...record, ...many })

    expect(made.kind === 'report' && made.unknown).toHaveLength(20)
  })

  test('a new field is seen', () => {
    expect(map({ ...record, ai_score: 1, spare: 2 })).toMatchObject({
      unknown: [{ table: 'fields', value: 'ai_score' }],
    })
  })

  test.each([
    '13812345678',
    '１３８１２３４５６７８',
    '0755-12345678',
    '440301199001011234',
    '王女士说她家楼下的灯坏了，请尽快来修，谢谢你们，真的很急，已经一个星期了没有人管',
    'a@b.cn',
  ])('the personal value %s is never shown as a code', (value) => {
    expect(JSON.stringify(map({ ...record, category: value }))).not.toContain(value)
  })
})

describe('a record that waits in quarantine', () => {
  test.each<[string, unknown, string, string]>([
    ['no text', { ...record, content: null }, 'mapping.missing-field', '/text'],
    [
      'a time in another order',
      { ...record, at: '22/11/2026 10:05' },
      'mapping.unreadable-value',
      '/submittedAt',
    ],
    [
      'a time far in the future',
      { ...record, at: '2026-11-23 12:00:01' },
      'mapping.future-date',
      '/submittedAt',
    ],
    [
      'a point without its system',
      { ...record, x: 113.9, y: 22.5 },
      'mapping.unreadable-value',
      '/location/point',
    ],
    [
      'a point with x and y exchanged',
      { ...record, x: 22.5, y: 113.9, system: 2 },
      'mapping.unreadable-value',
      '/location/point',
    ],
    [
      'a text beyond the limit',
      { ...record, content: '字'.repeat(100_001) },
      'mapping.invalid-report',
      '/text',
    ],
    [
      'too many files',
      { ...record, files: Array.from({ length: 51 }, (_, index) => `https://a/${index}`) },
      'mapping.invalid-report',
      '/attachments',
    ],
    ['an unknown message type', { ...record, msg: 'MOVE' }, 'mapping.no-rule', ''],
    [
      'a thousand addresses in one text',
      { ...record, files: Array.from({ length: 1500 }, () => 'https://a/1').join(',') },
      'mapping.unreadable-value',
      '/attachments',
    ],
    [
      'a computed field of a wrong type',
      { ...record, count: 'two' },
      'mapping.expression-failed',
      '/extra/count',
    ],
    ['nothing at all', null, 'mapping.missing-field', '/externalId'],
  ])('%s', (_name, value, code, pointer) => {
    const made = map(value)

    expect(made).toMatchObject({
      kind: 'quarantined',
      reason: { code, errors: expect.arrayContaining([expect.objectContaining({ pointer })]) },
    })
  })

  test('a missing field names the paths that were tried', () => {
    expect(map({ ...record, content: undefined })).toMatchObject({
      reason: { detail: expect.stringContaining('(looked at content, body.text)') },
    })
  })

  test('every fault of the record is listed', () => {
    expect(map({ no: 'A1', type: '3', category: '1', at: 'x' })).toMatchObject({
      reason: { errors: [{}, {}, {}] },
    })
  })

  test('no reason carries text or a phone of the payload', () => {
    const secret = '张三的手机号是13812345678'
    const hostile = {
      no: 'A1',
      content: { secret },
      at: secret,
      category: secret,
      x: secret,
      y: secret,
      phone: { secret },
      tags: { secret },
      files: 5,
      [secret]: 1,
    }

    expect(JSON.stringify(map(hostile))).not.toMatch(/张三|13812345678/)
  })
})

describe('whatever arrives', () => {
  const validReport = compileValidator(ReportContent)
  const validMessage = compileValidator(MessageContent)
  const validReason = compileValidator(RecordReason)
  const keys = [
    'no',
    'content',
    'body',
    'type',
    'at',
    'category',
    'street',
    'x',
    'y',
    'system',
    'phone',
    'user',
    'city_no',
    'tags',
    'files',
    'count',
    'raw',
    'title',
    'msg',
    'test',
    '__proto__',
    'constructor',
  ]
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('2026-11-22 10:05:00', 'A1', '3', '2', 113.9, 22.5, '0211', 'URGE', true, '<p>x'),
  )
  const records = fc.oneof(
    { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...keys), values) },
    {
      weight: 3,
      arbitrary: fc.dictionary(fc.constantFrom(...keys), values).map((more) => ({ ...record, ...more })),
    },
    { weight: 1, arbitrary: fc.jsonValue() },
  )

  const isSound = (made: MappedRecord): boolean => {
    if (made.kind === 'report')
      return validReport(made.content) && JSON.stringify(made.content).isWellFormed()
    if (made.kind === 'message') return validMessage(made.content)
    return validReason(made.reason) && (made.identity?.length ?? 0) <= 300
  }

  test('mapping never throws, and what it gives is valid and safe for PostgreSQL', () => {
    fc.assert(
      fc.property(records, (value) => {
        const made = map(value)

        expect(isSound(made)).toBe(true)
        expect(JSON.stringify(made)).not.toMatch(/(?<!\\)(?:\\\\)*\\u(0000|d[89a-f])/i)
      }),
      { numRuns: 3000 },
    )
  })

  test('the same record maps the same way twice', () => {
    fc.assert(
      fc.property(records, (value) => {
        expect(map(value)).toEqual(map(structuredClone(value)))
      }),
      { numRuns: 300 },
    )
  })

  test('a __proto__ key pollutes nothing', () => {
    const hostile: unknown = JSON.parse(
      '{"no":"A1","content":"x","type":"3","at":"2026-11-22","__proto__":{"polluted":true},"body":{"__proto__":{"text":"y"}},"constructor":{"prototype":{"polluted":true}}}',
    )

    map(hostile)

    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('deep nesting in HTML and JSON is survived', () => {
    let deep: unknown = 'x'
    for (let level = 0; level < 5000; level++) deep = [deep]

    expect(map({ ...record, title: '<div>'.repeat(100_000), raw: deep }).kind).toBe('quarantined')
    expect(map({ deep }).kind).toBe('quarantined')
  })
})
