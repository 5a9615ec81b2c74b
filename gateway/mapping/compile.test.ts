import { describe, expect, test } from 'vitest'
import type { Mapping } from '../../schemas/mapping.ts'
import { compileMapping } from './compile.ts'
import { MappingDefinitionError, type DefinitionFault } from './definition-error.ts'

type Fields = { [target: string]: unknown }

const fields: Fields = {
  externalId: 'no',
  text: 'text',
  kind: { value: 'complaint' },
  submittedAt: { from: 'at', as: 'datetime' },
}

/** A small valid mapping, with changes. Typed loosely, since most of these are wrong on purpose. */
function mappingWith(extra: Fields, rest: { reverse?: object; codes?: object; feed?: object } = {}): Mapping {
  const mapping: unknown = {
    platform: 'sample',
    name: { zh: '样例' },
    codes: { category: { otherwise: 'quarantine', table: { '0211': '020101' } }, ...rest.codes },
    feeds: {
      push: {
        adapter: 'http-json',
        rank: 1,
        identity: ['no'],
        forward: [{ into: 'report', fields: { ...fields, ...extra } }],
        ...rest.feed,
      },
    },
    reverse: {
      partner: 'blind',
      events: { otherwise: { action: 'skip', reason: '不回传' } },
      ...rest.reverse,
    },
  }
  return mapping as Mapping
}

const bodyWith = (body: unknown) => ({
  adapter: 'http-json',
  requests: { status: { body, answer: { delivered: 'status == 200' } } },
})

/** Objects within each other. */
function nested(levels: number): unknown {
  let tree: unknown = 'event.id'
  for (let level = 0; level < levels; level++) tree = { a: tree }
  return tree
}

function faultsOf(mapping: Mapping): readonly DefinitionFault[] {
  try {
    compileMapping(mapping, { file: 'platform.yaml' })
    return []
  } catch (error) {
    if (error instanceof MappingDefinitionError) return error.faults
    throw error
  }
}

const base = '/feeds/push/forward/0/fields'

describe('what a mapping may not say', () => {
  test.each<[string, Mapping, string, RegExp]>([
    ['an unknown target', mappingWith({ catgory: 'c' }), `${base}/catgory`, /Did you mean "category"/],
    [
      'an unknown target within an object',
      mappingWith({ 'location.adress': 'a' }),
      `${base}/location.adress`,
      /Did you mean "address"/,
    ],
    [
      'an unknown code table',
      mappingWith({ category: { from: 'c', codes: 'categry' } }),
      `${base}/category/codes`,
      /Did you mean "category"/,
    ],
    [
      'an unknown reader',
      mappingWith({ title: { from: 't', as: 'datetme' } }),
      `${base}/title/as`,
      /Did you mean "datetime"/,
    ],
    [
      'an unknown key of a field',
      mappingWith({ title: { form: 't' } }),
      `${base}/title/form`,
      /Did you mean "from"/,
    ],
    [
      'two sources of one field',
      mappingWith({ title: { from: 't', value: 'x' } }),
      `${base}/title`,
      /from and value/,
    ],
    [
      'a field without source',
      mappingWith({ title: { codes: 'category' } }),
      `${base}/title`,
      /where its value comes from/,
    ],
    [
      'CEL that does not parse',
      mappingWith({ title: { cel: 'record.a +' } }),
      `${base}/title/cel`,
      /CEL expression cannot be used/,
    ],
    [
      'CEL over an unknown variable',
      mappingWith({ title: { cel: 'recrd.a' } }),
      `${base}/title/cel`,
      /Unknown variable/,
    ],
    [
      'a nested comprehension',
      mappingWith({ title: { cel: 'record.a.map(x, record.b.map(y, x))' } }),
      `${base}/title/cel`,
      /not allowed/,
    ],
    [
      'a third comprehension in a chain',
      mappingWith({ title: { cel: 'record.a.map(x, x + x).map(x, x + x).map(x, x + x)' } }),
      `${base}/title/cel`,
      /More than two/,
    ],
    [
      'cel.bind',
      mappingWith({ title: { cel: 'cel.bind(a, record.a, a + a)' } }),
      `${base}/title/cel`,
      /not allowed/,
    ],
    [
      'CEL of a size without bound',
      mappingWith({ title: { cel: Array.from({ length: 150 }, () => 'record.a').join(' + ') } }),
      `${base}/title/cel`,
      /CEL expression cannot be used/,
    ],
    [
      'a pattern RE2 has not',
      mappingWith({ title: { from: 't', match: '(?=a)b' } }),
      `${base}/title/match`,
      /RE2/,
    ],
    [
      'a point without system',
      mappingWith({ 'location.point': { as: { reader: 'point', x: 'x', y: 'y' } } }),
      `${base}/location.point/as`,
      /never guessed/,
    ],
    [
      'a point in an unknown system',
      mappingWith({ 'location.point': { as: { reader: 'point', system: 'GCJ02', x: 'x', y: 'y' } } }),
      `${base}/location.point/as/system`,
      /Did you mean "GCJ-02"/,
    ],
    [
      'an unreadable time format',
      mappingWith({ submittedAt: { from: 'at', as: { reader: 'datetime', format: 'HH:mm' } } }),
      `${base}/submittedAt/as`,
      /time format/,
    ],
    [
      'an unknown zone',
      mappingWith({ submittedAt: { from: 'at', as: { reader: 'datetime', zone: 'Asia/Shenzen' } } }),
      `${base}/submittedAt/as`,
      /zone/,
    ],
    [
      'an option of another reader',
      mappingWith({ title: { from: 't', as: { reader: 'phone', zone: 'UTC' } } }),
      `${base}/title/as/zone`,
      /"zone" is not known here. Known here: reader, find/,
    ],
    ['an odd path', mappingWith({ title: 'a..b' }), `${base}/title/from`, /cannot be read at/],
    [
      'a target called __proto__',
      mappingWith({ 'extra.__proto__': 'a' }),
      `${base}/extra.__proto__`,
      /cannot be used/,
    ],
    [
      'a rule that is never reached',
      mappingWith(
        {},
        {
          feed: {
            forward: [
              { into: 'report', fields },
              { into: 'report', fields },
            ],
          },
        },
      ),
      '/feeds/push/forward/1',
      /never reached/,
    ],
    [
      'an unknown request',
      mappingWith(
        {},
        {
          reverse: {
            events: {
              registered: { action: 'call', request: 'status' },
              otherwise: { action: 'skip', reason: 'x' },
            },
          },
        },
      ),
      '/reverse/events/registered/request',
      /no request "status"/,
    ],
    [
      'an unknown event',
      mappingWith(
        {},
        {
          reverse: {
            events: { resolvd: { action: 'skip', reason: 'x' }, otherwise: { action: 'skip', reason: 'x' } },
          },
        },
      ),
      '/reverse/events/resolvd',
      /Did you mean "resolved"/,
    ],
    [
      'events left out',
      mappingWith({}, { reverse: { events: { resolved: { action: 'skip', reason: 'x' } } } }),
      '/reverse/events',
      /Nothing is said about received/,
    ],
    [
      'an unknown path of a notice',
      mappingWith(
        {},
        { reverse: { events: { otherwise: { action: 'task', text: 'event.content.publictext' } } } },
      ),
      '/reverse/events/otherwise/text/from',
      /Did you mean "publicText"/,
    ],
    [
      'an unknown reader with options',
      mappingWith({ title: { from: 't', as: { reader: 'datetme' } } }),
      `${base}/title/as/reader`,
      /Did you mean "datetime"/,
    ],
    [
      'an unknown kind of rule',
      mappingWith({}, { feed: { forward: [{ into: 'reprot', fields }] } }),
      '/feeds/push/forward/0/into',
      /none of report, message.*Did you mean "report"/,
    ],
    [
      'an unknown action',
      mappingWith({}, { reverse: { events: { otherwise: { action: 'cal', request: 'x' } } } }),
      '/reverse/events/otherwise/action',
      /Did you mean "call"/,
    ],
    [
      'an unknown option within a body',
      mappingWith(
        {},
        {
          reverse: bodyWith({ at: { from: 'event.occurredAt', as: { reader: 'datetime', fromat: 'iso' } } }),
        },
      ),
      '/reverse/requests/status/body/at/as/fromat',
      /Did you mean "format"/,
    ],
    [
      'a misspelt key of a field within a body',
      mappingWith({}, { reverse: bodyWith({ at: { from: 'event.occurredAt', form: 'x' } }) }),
      '/reverse/requests/status/body/at/form',
      /Did you mean "from"/,
    ],
    [
      'a path of a wrong type within a body',
      mappingWith({}, { reverse: bodyWith({ at: { from: 5 } }) }),
      '/reverse/requests/status/body/at/from',
      /must be/,
    ],
    ['a body of a thousand levels', mappingWith({}, { reverse: bodyWith(nested(1000)) }), '', /levels deep/],
    [
      'a body of thirty levels',
      mappingWith({}, { reverse: bodyWith(nested(30)) }),
      `/reverse/requests/status/body${'/a'.repeat(21)}`,
      /at most 20 levels/,
    ],
    [
      'a body of too many parts',
      mappingWith({}, { reverse: bodyWith(Array.from({ length: 2500 }, () => 'event.id')) }),
      '/reverse/requests/status/body/1999',
      /at most 2000 parts/,
    ],
    [
      'joins within joins',
      mappingWith({ title: { join: [{ join: [{ join: [{ join: ['a'] }] }] }] } }),
      `${base}/title/join/0/join/0/join/0/join`,
      /at most 3 deep/,
    ],
    [
      'two targets within each other',
      mappingWith({ location: 'l', 'location.address': 'a' }),
      base,
      /within \/location/,
    ],
    [
      'every item of a target',
      mappingWith({ 'references[*].number': 'a' }),
      `${base}/references[*].number`,
      /no such place/,
    ],
    [
      'a place beyond the list',
      mappingWith({ 'references[50].number': 'a' }),
      `${base}/references[50].number`,
      /\[0\] to \[49\]/,
    ],
    [
      'a feed called __proto__',
      JSON.parse(JSON.stringify(mappingWith({})).replace('"push"', '"__proto__"')) as Mapping,
      '/feeds/__proto__',
      /cannot be used here/,
    ],
    [
      'a code table that is too long',
      mappingWith(
        {},
        {
          codes: {
            t: {
              otherwise: 'absent',
              table: Object.fromEntries(Array.from({ length: 5001 }, (_, n) => [n, 'x'])),
            },
          },
        },
      ),
      '/codes/t/table',
      /more than 5000 entries/,
    ],
    [
      'a pattern that repeats without bound',
      mappingWith({ title: { from: 't', match: '((a{100}){100}){100}' } }),
      `${base}/title/match`,
      /cannot be used/,
    ],
    [
      'a built-in table without reference data',
      mappingWith({ category: { from: 'c', codes: '$categories' } }),
      `${base}/category/codes`,
      /none is loaded here/,
    ],
    [
      'an unknown built-in table',
      mappingWith({ category: { from: 'c', codes: '$categorys' } }),
      `${base}/category/codes`,
      /Did you mean "\$categories"/,
    ],
    [
      'an unknown surrounding',
      mappingWith({ title: '$chanel' }),
      `${base}/title/from`,
      /Did you mean "channel"/,
    ],
    [
      'a zone of degrees',
      mappingWith({
        'location.point': { as: { reader: 'point', system: 'WGS-84', zone: 38, x: 'x', y: 'y' } },
      }),
      `${base}/location.point/as/zone`,
      /belongs to system: CGCS2000-zone/,
    ],
    [
      'a zone that is none',
      mappingWith({
        'location.point': { as: { reader: 'point', system: 'CGCS2000-zone', zone: 24, x: 'x', y: 'y' } },
      }),
      `${base}/location.point/as/zone`,
      /no zone 24/,
    ],
    [
      'a local grid',
      mappingWith({ 'location.point': { as: { reader: 'point', system: 'local', x: 'x', y: 'y' } } }),
      `${base}/location.point/as/system`,
      /local grid cannot be given/,
    ],
    [
      'a condition on a single action',
      mappingWith({}, { reverse: { events: { otherwise: { action: 'skip', reason: 'x', when: 'true' } } } }),
      '/reverse/events/otherwise/when',
      /write a list of actions/,
    ],
    [
      'a list of actions whose last has a condition',
      mappingWith(
        {},
        { reverse: { events: { otherwise: [{ action: 'skip', reason: 'x', when: 'true' }] } } },
      ),
      '/reverse/events/otherwise/0/when',
      /last action of a list has no "when"/,
    ],
    [
      'a list of actions with one that is never reached',
      mappingWith(
        {},
        {
          reverse: {
            events: {
              otherwise: [
                { action: 'skip', reason: 'x' },
                { action: 'skip', reason: 'y' },
              ],
            },
          },
        },
      ),
      '/reverse/events/otherwise/0/when',
      /never reached/,
    ],
    [
      'a wrong text for clerks',
      mappingWith({}, { reverse: { manual: { text: 'evnt.id' } } }),
      '/reverse/manual/text/from',
      /Did you mean "event"/,
    ],
    [
      'a path of an answer that begins elsewhere',
      mappingWith(
        {},
        {
          reverse: {
            adapter: 'http-json',
            requests: { status: { answer: { delivered: 'true', reference: 'bdy.no' } } },
          },
        },
      ),
      '/reverse/requests/status/answer/reference',
      /Did you mean "body"/,
    ],
    [
      'an odd path that is ignored',
      mappingWith({}, { feed: { ignores: ['a..b'] } }),
      '/feeds/push/ignores/0',
      /cannot be read at/,
    ],
    [
      'a table called rules',
      mappingWith({}, { codes: { rules: { otherwise: 'absent', table: {} } } }),
      '/codes/rules',
      /Choose another/,
    ],
    [
      'a task without text',
      mappingWith({}, { reverse: { events: { otherwise: { action: 'task' } } } }),
      '/reverse/events/otherwise/text',
      /"text" is missing/,
    ],
  ])('%s', (_name, mapping, path, words) => {
    const faults = faultsOf(mapping)

    expect(faults.map((fault) => fault.path)).toContain(path)
    expect(faults.find((fault) => fault.path === path)?.detail).toMatch(words)
  })

  test('a number as a code is told to be quoted', () => {
    const faults = faultsOf(
      mappingWith({}, { codes: { street: { otherwise: 'absent', table: { '01': 990_100 } } } }),
    )

    expect(faults[0]).toMatchObject({
      path: '/codes/street/table/01',
      detail: expect.stringContaining('quotes'),
    })
  })

  test('every fault is listed, not only the first', () => {
    const faults = faultsOf(mappingWith({ catgory: 'c', titel: 't', text: { from: 'x', codes: 'nothing' } }))

    expect(faults).toHaveLength(3)
  })

  test('a report without a needed field', () => {
    const mapping = mappingWith({}, { feed: { forward: [{ into: 'report', fields: { externalId: 'no' } }] } })

    expect(faultsOf(mapping).map(({ detail }) => detail)).toContain(
      'A report needs "text". Add a field for it.',
    )
  })
})

test('a mapping that holds itself is refused', () => {
  const endless: { [key: string]: unknown } = { ...mappingWith({}) }
  endless['codes'] = endless

  expect(faultsOf(endless as unknown as Mapping)[0]?.detail).toMatch(/levels deep/)
})

test('a mapping of a million parts is refused before it is walked', () => {
  const wide = {
    table: {
      otherwise: 'absent',
      table: Object.fromEntries(Array.from({ length: 300_000 }, (_, n) => [n, ''])),
    },
  }

  expect(faultsOf(mappingWith({}, { codes: wide }))[0]?.detail).toMatch(/more than 200000 parts/)
})

test('at most a hundred faults are listed', () => {
  const wrong = Object.fromEntries(Array.from({ length: 190 }, (_, n) => [`titel${n}`, 'a']))

  expect(faultsOf(mappingWith(wrong))).toHaveLength(100)
})

test('two rules share the faults of a table they share', () => {
  const category = { category: { from: 'c', codes: 'categry' } }
  const rules = [
    { when: 'record.a == "b"', into: 'report', fields: { ...fields, ...category } },
    { into: 'report', fields },
  ]

  expect(faultsOf(mappingWith({}, { feed: { forward: rules } }))).toHaveLength(1)
})

describe('the version of a mapping', () => {
  test('is the hash of its content, whatever the order of its keys', () => {
    const first = compileMapping(mappingWith({ title: 'a', category: { from: 'c', codes: 'category' } }), {
      file: 'a',
    })
    const second = compileMapping(mappingWith({ category: { codes: 'category', from: 'c' }, title: 'a' }), {
      file: 'b',
    })

    expect(second.hash).toBe(first.hash)
    expect(first.version).toBe(`sample@${first.hash.slice(0, 12)}`)
  })

  test('differs when a code does', () => {
    const first = compileMapping(mappingWith({}), { file: 'a' })
    const second = compileMapping(mappingWith({}, { codes: { more: { otherwise: 'absent', table: {} } } }), {
      file: 'a',
    })

    expect(second.hash).not.toBe(first.hash)
  })
})
