import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Mapping } from '../../schemas/mapping.ts'
import { compileMapping } from './compile.ts'
import { MappingDefinitionError, type DefinitionFault } from './definition-error.ts'
import { buildReferenceCodes, loadReferenceCodes } from './reference.ts'
import { readYaml } from './yaml-file.ts'

const folder = join(import.meta.dirname, '../../mappings/codes')
const reference = await loadReferenceCodes(folder)

function mappingOf(field: { [target: string]: unknown }, codes: object = {}): Mapping {
  const fields = {
    externalId: { value: 'EX-1' },
    text: { value: '内容' },
    kind: { value: 'other' },
    submittedAt: { from: '$receivedAt', as: 'datetime' },
    ...field,
  }
  const mapping: unknown = {
    platform: 'sample',
    name: { zh: '样例' },
    codes,
    feeds: {
      push: { adapter: 'http-json', rank: 1, identity: ['no'], forward: [{ into: 'report', fields }] },
    },
    reverse: { partner: 'blind', events: { otherwise: { action: 'skip', reason: '不回传' } } },
  }
  return mapping as Mapping
}

const map = (field: { [target: string]: unknown }, record: object) =>
  compileMapping(mappingOf(field), { file: 'platform.yaml' }, reference).feeds['push']?.map(record, {
    channelId: 'sample',
    feed: 'push',
    receivedAt: new Date('2026-11-22T04:00:00Z'),
  })

function faultsOf(field: { [target: string]: unknown }, codes: object = {}): readonly DefinitionFault[] {
  try {
    compileMapping(mappingOf(field, codes), { file: 'platform.yaml' }, reference)
    return []
  } catch (error) {
    if (error instanceof MappingDefinitionError) return error.faults
    throw error
  }
}

describe('a built-in table', () => {
  test.each([
    ['$units', 'CGJ', 'CGJ'],
    ['$units', '城管局', 'CGJ'],
    ['$units', '区城市管理和综合执法局', 'CGJ'],
    ['$units', '城 管 局', 'CGJ'],
    ['$units', ' 城管局　', 'CGJ'],
    ['$units', 'ＣＧＪ', 'CGJ'],
  ])('%s takes %s as %s', (table, value, code) => {
    expect(map({ 'extra.unit': { from: 'unit', codes: table } }, { unit: value })).toMatchObject({
      kind: 'report',
      content: { extra: { unit: code } },
    })
  })

  test('gives a street where a street is wanted, and no community', () => {
    const field = { 'location.street': { from: 'street', codes: { table: '$areas', otherwise: 'absent' } } }

    expect(map(field, { street: '清澜街道' })).toMatchObject({
      content: { location: { street: '990100001' } },
    })
    expect(map(field, { street: '望潮社区' })).toMatchObject({
      unknown: [{ table: '$areas', value: '望潮社区' }],
    })
  })

  test('gives categories of the lowest level only', () => {
    const field = { category: { from: 'c', codes: '$categories' } }

    expect(map(field, { c: '井盖缺失' })).toMatchObject({ content: { category: '020101' } })
    expect(map(field, { c: '0201' })).toMatchObject({ kind: 'quarantined' })
  })

  test.each(['城管执法局', '城', '城管局第二中队', '区城市管理局'])(
    'never takes %s for a unit that it is only like',
    (name) => {
      expect(map({ 'extra.unit': { from: 'unit', codes: '$units' } }, { unit: name })).toMatchObject({
        kind: 'quarantined',
        reason: {
          code: 'mapping.unknown-code',
          detail: expect.stringContaining('mappings/codes/units.yaml'),
        },
        unknown: [{ table: '$units', value: name, blocks: true }],
      })
    },
  )

  test('goes the way that the field says for a value it does not have', () => {
    const field = { 'extra.unit': { from: 'unit', codes: { table: '$units', otherwise: 'ZSJ' } } }

    expect(map(field, { unit: '某某公司' })).toMatchObject({
      kind: 'report',
      content: { extra: { unit: 'ZSJ' } },
      unknown: [{ table: '$units', value: '某某公司' }],
    })
  })
})

describe('a code that goes to a category or an area', () => {
  const table = (rows: object, otherwise = 'quarantine') => ({ mine: { otherwise, table: rows } })

  test.each<[string, { [target: string]: unknown }, object, string, RegExp]>([
    [
      'a row',
      { category: { from: 'c', codes: 'mine' } },
      table({ '1': '020109' }),
      '/codes/mine/table/1',
      /no category "020109".*Did you mean "02010/,
    ],
    [
      'an otherwise',
      { category: { from: 'c', codes: 'mine' } },
      table({}, '999999'),
      '/codes/mine/otherwise',
      /no category/,
    ],
    [
      'a group',
      { category: { from: 'c', codes: 'mine' } },
      table({ '1': '0201' }),
      '/codes/mine/table/1',
      /is a group of categories.*020101/,
    ],
    [
      'a constant',
      { 'location.street': { value: '990100009' } },
      {},
      '/feeds/push/forward/0/fields/location.street/value',
      /no street "990100009".*Did you mean/,
    ],
    [
      'a default',
      { 'location.community': { from: 'c', default: '990100001' } },
      {},
      '/feeds/push/forward/0/fields/location.community/default',
      /is a street, and this is the community/,
    ],
    [
      'an otherwise of the field',
      { category: { from: 'c', codes: { table: '$categories', otherwise: '99' } } },
      {},
      '/feeds/push/forward/0/fields/category/codes/otherwise',
      /group of categories|no category/,
    ],
  ])('must be known: %s', (_name, field, codes, path, words) => {
    const [fault] = faultsOf(field, codes)

    expect(fault?.path).toBe(path)
    expect(fault?.detail).toMatch(words)
  })

  test('may stand where it is known, and a part of a joined code is none', () => {
    const field = {
      category: { join: ['a', { from: 'b', default: '00' }], with: '/', codes: 'mine' },
      'location.district': { value: '990100' },
    }

    expect(faultsOf(field, table({ '1/00': '020101' }))).toEqual([])
  })
})

test('an alias that two units share is refused, since it would match the wrong one', async () => {
  const [categories, units, areas, progress] = await Promise.all(
    ['categories', 'units', 'areas', 'progress'].map((name) => readYaml(join(folder, `${name}.yaml`))),
  )
  if (!categories || !units || !areas || !progress) throw new Error('The sample reference data is gone.')
  const twice = structuredClone(units.value) as { units: { aliases?: string[] }[] }
  twice.units[1]?.aliases?.push('城管 局')

  expect(() =>
    buildReferenceCodes({ categories, areas, progress, units: { place: units.place, value: twice } }),
  ).toThrow(/alias "城管局" of HWZX is a name of CGJ, too/)
})
