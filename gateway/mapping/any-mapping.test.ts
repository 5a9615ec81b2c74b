import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Mapping } from '../../schemas/mapping.ts'
import { MessageContent } from '../../schemas/message.ts'
import { RecordReason } from '../../schemas/receipt.ts'
import { ReportContent } from '../../schemas/report.ts'
import { compileMapping, type CompiledMapping } from './compile.ts'
import { MappingDefinitionError } from './definition-error.ts'
import type { MappedRecord } from './feed.ts'
import { loadReferenceCodes } from './reference.ts'
import type { ReverseInput } from './reverse.ts'
import { EVENT_TYPES } from './reverse-scope.ts'
import { compileValidator } from './validation.ts'
import { readYaml } from './yaml-file.ts'

/** Whatever somebody saves and whatever then arrives: a fault with words, or a place for every record and every event. */

const mappings = join(import.meta.dirname, '../../mappings')
const reference = await loadReferenceCodes(join(mappings, 'codes'))
const real = await Promise.all(
  ['hotline-12345', 'digital-urban', 'grid-platform'].map(
    async (name) => (await readYaml(join(mappings, `platforms/${name}/platform.yaml`))).value as Mapping,
  ),
)
const names = ['a', 'b', 'c', 'l', 'x', '中文', '__proto__', 'constructor', 'toString', 'length']
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    '',
    '$',
    '[*]',
    '__proto__',
    '('.repeat(50),
    'a'.repeat(3000),
    1e308,
    -1,
    null,
    [],
    {},
    undefined,
  ),
)
const mostly = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: odd })

const path = fc.constantFrom(
  'a',
  'b.c',
  'l[*].x',
  'l[-1]',
  'l[0].x',
  'c',
  "'中文'",
  '$record.a',
  '$channel',
  '$receivedAt',
  'constructor.name',
  '__proto__.a',
)
const cel = fc.constantFrom(
  'record.a == "x"',
  'has(record.b) && record.b.c != null',
  'record.l.exists(i, i.x == "1")',
  'record.l.map(i, string(i.x)).join(",")',
  'string(record.a) + string(record.c)',
  'record.a.matches(record.c)',
  'record.c.split("").map(i, i + record.c)',
  'record',
  'record.a + 1',
  'type(record.a) == string',
)
const match = fc.constantFrom('(a+)+$', String.raw`\d+`, '(x)|(y)', '^$')
const table = fc.constantFrom('t', 'strict', '$units', '$categories', '$areas')
const codes = fc.oneof(
  table,
  fc.record({ table, otherwise: fc.constantFrom('absent', 'quarantine', 'other') }),
)
const optional = { requiredKeys: ['reader'] as ['reader'] }
const as = fc.oneof(
  fc.constantFrom(
    'text',
    'datetime',
    'phone',
    'identity',
    'html',
    'number',
    'boolean',
    'attachments',
    'list',
  ),
  fc.record(
    {
      reader: fc.constant('datetime'),
      format: fc.constantFrom('iso', 'yyyy-MM-dd', 'epoch-ms'),
      zone: fc.constant('UTC'),
    },
    optional,
  ),
  fc.record({ reader: fc.constantFrom('phone', 'identity'), find: fc.boolean() }, optional),
  fc.record(
    { reader: fc.constant('boolean'), true: fc.constant(['x']), false: fc.constant(['1']) },
    optional,
  ),
  fc.record({ reader: fc.constant('attachments'), url: path, name: path }, optional),
  fc.record({ reader: fc.constant('list'), separator: fc.constantFrom(',', 'x') }, optional),
)
const point = fc
  .record({
    system: fc.constantFrom('GCJ-02', 'CGCS2000-zone', 'WGS-84', '$a'),
    axes: fc.constantFrom('east-north', 'north-east'),
    x: path,
    y: path,
  })
  .map((options) => ({ as: { reader: 'point', ...options } }))
const field = mostly(
  fc.oneof(
    path,
    fc.record(
      {
        from: fc.oneof(path, fc.array(path, { minLength: 1, maxLength: 3 })),
        as,
        codes,
        match,
        default: fc.constantFrom<unknown>('other', 1, [], {}),
      },
      { requiredKeys: ['from'] },
    ),
    fc.record(
      { value: fc.constantFrom<unknown>('other', 'complaint', '020101', 5, true, [], {}, [{ a: 1 }]), as },
      { requiredKeys: ['value'] },
    ),
    fc.record(
      {
        join: fc.array(fc.oneof(path, fc.record({ value: fc.string() })), {
          minLength: 1,
          maxLength: 4,
        }),
        with: fc.string({ maxLength: 3 }),
        codes,
      },
      { requiredKeys: ['join'] },
    ),
    fc.record({ cel, when: cel }, { requiredKeys: ['cel'] }),
    point,
  ),
)
const targets = fc.constantFrom(
  'externalId',
  'text',
  'kind',
  'submittedAt',
  'title',
  'category',
  'location',
  'reporter.phone',
  'reporter.identityNumber',
  'reporter.siteUser.site',
  'references[0].number',
  'references[0].issuer',
  'attachments',
  'tags[2]',
  'extra.a',
  'extra.b',
  'sensitive',
  'urgency',
  'reporter.wantsReply',
)
/** The needed fields are there, so that most mappings compile. */
const report = fc.dictionary(targets, field, { maxKeys: 6 }).map((more) => ({
  into: 'report',
  fields: {
    externalId: 'a',
    text: { from: ['b.c', 'a'] },
    kind: { value: 'other' },
    submittedAt: { from: '$receivedAt', as: 'datetime' },
    ...more,
  },
}))
const message = fc.record({
  when: cel,
  into: fc.constant('message'),
  kind: fc.constantFrom('urge', 'evaluate'),
  fields: fc.constant({ about: 'a', occurredAt: { from: 'c', as: 'datetime' }, text: 'b.c' }),
})
const tree = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(
      'event.id',
      'case.number',
      'code',
      'progressText',
      'source.externalId',
      'reporter.phone',
      5,
      true,
      null,
    ),
    fc.record(
      {
        from: fc.constantFrom('event.occurredAt', 'event.content.answer', 'case.units[*]'),
        as,
        codes: fc.constantFrom('t', 'strict'),
      },
      { requiredKeys: ['from'] },
    ),
    fc.record({
      cel: fc.constantFrom(
        'event.content.answer + "x"',
        'case.units.map(u, u + u)',
        'has(event.content.answer)',
      ),
    }),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'constructor', '中文'), tie('tree'), { maxKeys: 3 }),
  ),
})).tree
const condition = fc.constantFrom(
  'event.content.reasonCode == "verify"',
  'code == "1"',
  'case.units.size() > 1',
  'event.sequence',
)
const action = mostly(
  fc.oneof(
    fc.record(
      {
        action: fc.constant('call'),
        request: fc.constant('status'),
        code: fc.constant('1'),
        requires: fc.constant(['event.content.answer']),
      },
      { requiredKeys: ['action', 'request'] },
    ),
    fc.record({ action: fc.constant('skip'), reason: fc.constant('不回传') }),
    fc.record({
      action: fc.constant('task'),
      text: fc.constantFrom<unknown>('progressText', { join: ['case.number', 'event.content.answer'] }),
    }),
  ),
)
const actions = fc.oneof(
  action,
  fc
    .tuple(fc.array(fc.tuple(action, condition), { maxLength: 3 }), action)
    .map(([some, last]) => [...some.map(([one, when]) => ({ ...(one as object), when })), last]),
)
const generated = fc
  .record({
    rules: fc.tuple(fc.array(message, { maxLength: 2 }), report).map(([some, last]) => [...some, last]),
    identity: fc.array(field, { minLength: 1, maxLength: 3 }),
    filters: mostly(fc.array(fc.record({ when: cel, reason: fc.constant('不计') }), { maxLength: 1 })),
    ignores: mostly(fc.array(path, { maxLength: 2 })),
    events: fc.dictionary(fc.constantFrom(...EVENT_TYPES), actions, { maxKeys: 4 }),
    otherwise: actions,
    body: mostly(tree),
    rows: fc.dictionary(fc.constantFrom(...names, '1'), mostly(fc.constantFrom('x', 'other')), {
      maxKeys: 4,
    }),
  })
  .map(({ rules, identity, filters, ignores, events, otherwise, body, rows }) => ({
    platform: 'any',
    name: { zh: '任意' },
    codes: { t: { otherwise: 'other', table: rows }, strict: { otherwise: 'quarantine', table: { x: 'y' } } },
    feeds: { push: { adapter: 'http-json', rank: 1, identity, filters, ignores, forward: rules } },
    reverse: {
      adapter: 'http-json',
      partner: 'keyed',
      events: { ...events, otherwise },
      requests: { status: { body, answer: { delivered: 'status == 200' } } },
    },
  }))

const values = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom<unknown>(
    'x',
    '1',
    '城管局',
    '13812345678',
    '2026-11-22',
    113.9,
    '22.5,113.9',
    [{ x: '1' }, { x: 2 }],
    { c: '内容' },
    [[1]],
  ),
)
const records = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...names), values) },
  { weight: 1, arbitrary: fc.jsonValue() },
)
const inputs: fc.Arbitrary<ReverseInput> = fc
  .record({
    type: fc.constantFrom(...EVENT_TYPES),
    handler: fc.boolean(),
    content: fc.dictionary(
      fc.constantFrom('answer', 'reasonCode', 'publicText', 'dueAt', 'solved'),
      fc.oneof(fc.string(), fc.constantFrom('verify', 'yes')),
    ),
    units: fc.array(fc.string(), { maxLength: 3 }),
  })
  .map(({ type, handler, content, units }) => {
    const input: unknown = {
      event: {
        id: '01a2b3c4-0000-7000-8000-000000000001',
        case: 'PA20261122-000123',
        sequence: 1,
        type,
        actor: { kind: 'dispatch' },
        occurredAt: '2026-11-22T03:00:00.000Z',
        stateAfter: 'registered',
        content,
      },
      case: { number: 'PA20261122-000123', state: 'registered', units },
      party: { kind: handler ? 'handler' : 'source' },
      source: { externalId: 'EX-1', references: [], extra: {} },
      channel: { id: 'any', name: '任意', settings: {} },
      progressText: '已受理',
    }
    return input as ReverseInput
  })

const validReport = compileValidator(ReportContent)
const validMessage = compileValidator(MessageContent)
const validReason = compileValidator(RecordReason)

function isSound(made: MappedRecord): boolean {
  if (made.kind === 'report') return validReport(made.content) && JSON.stringify(made.content).isWellFormed()
  if (made.kind === 'message') return validMessage(made.content)
  return validReason(made.reason) && (made.identity?.length ?? 0) <= 300
}

/** The mapping compiled, or undefined where it is refused with words. Anything else that is thrown fails the test. */
function compiledOrRefused(mapping: unknown): CompiledMapping | undefined {
  try {
    return compileMapping(mapping as Mapping, { file: 'any.yaml' }, reference)
  } catch (error) {
    const inWords =
      error instanceof MappingDefinitionError && error.faults.every(({ detail }) => detail.length > 10)
    if (!inWords || error.faults.length === 0) throw error
    return undefined
  }
}

function hasPlaceForAll(mapping: CompiledMapping, record: unknown, input: ReverseInput): boolean {
  const receivedAt = new Date('2026-11-22T04:00:00Z')
  const mapped = Object.values(mapping.feeds).every((feed) =>
    isSound(feed.map(record, { channelId: 'any', feed: feed.name, receivedAt })),
  )
  const told = mapping.reverse.act(input)
  if (told.action !== 'call') return mapped && told.action !== undefined
  mapping.reverse.judge(told.request, { status: 200, headers: {}, body: record })
  return mapped && JSON.stringify(told.body) !== undefined
}

describe('any mapping', () => {
  test('is refused with words, or finds a place for any record and any event', () => {
    let accepted = 0

    fc.assert(
      fc.property(
        generated,
        fc.array(records, { minLength: 1, maxLength: 4 }),
        inputs,
        (mapping, some, input) => {
          const compiled = compiledOrRefused(mapping)
          if (compiled === undefined) return
          accepted++
          expect(some.every((record) => hasPlaceForAll(compiled, record, input))).toBe(true)
        },
      ),
      { numRuns: 400 },
    )
    expect(accepted).toBeGreaterThan(100)
  })

  test('that is a real one with one value exchanged is refused, or still finds a place for all', () => {
    let accepted = 0

    fc.assert(
      fc.property(
        fc.constantFrom(...real),
        fc.array(fc.nat(), { minLength: 2, maxLength: 8 }),
        fc.oneof(odd, field, tree),
        fc.tuple(records, inputs),
        (mapping, steps, value, [record, input]) => {
          const changed = structuredClone(mapping)
          exchange(changed, steps, value)
          const compiled = compiledOrRefused(changed)
          if (compiled === undefined) return
          accepted++
          expect(hasPlaceForAll(compiled, record, input)).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
    expect(accepted).toBeGreaterThan(3)
  })
})

/** Goes down the tree by these numbers and puts the value in the last place. */
function exchange(root: object, steps: readonly number[], value: unknown): void {
  let node = root as { [key: string]: unknown }
  for (const [index, step] of steps.entries()) {
    const keys = Object.keys(node)
    const key = keys[step % Math.max(1, keys.length)] ?? 'a'
    const next = node[key]
    if (index === steps.length - 1 || typeof next !== 'object' || next === null) {
      Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true })
      return
    }
    node = next as { [key: string]: unknown }
  }
}
