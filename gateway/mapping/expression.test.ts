import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createExpressionCompiler, type ExpressionResult } from './expression.ts'
import { pathsCompared, pathsRead } from './expression-tree.ts'

const compiler = createExpressionCompiler(['record'])

function run(source: string, record: unknown): ExpressionResult {
  const compiled = compiler.compile(source)
  if (compiled.kind === 'fault') throw new Error(compiled.detail)
  return compiled.run({ record })
}

const refusal = (source: string): string => {
  const compiled = compiler.compile(source)
  return compiled.kind === 'fault' ? compiled.detail : 'none'
}

describe('running', () => {
  test.each<[string, unknown, ExpressionResult]>([
    ['record.a == "x"', { a: 'x' }, { kind: 'value', value: true }],
    ['record.a == 1', { a: 1 }, { kind: 'value', value: true }],
    ['record.a + 1', { a: 1 }, { kind: 'value', value: 2 }],
    ['record.a in ["x", "y"]', { a: 'y' }, { kind: 'value', value: true }],
    ['record["中文"].matches("^甲+$") ? 1 : 2', { 中文: '甲甲' }, { kind: 'value', value: 1 }],
    ['record.list.filter(x, x > 1).map(x, string(x))', { list: [1, 2] }, { kind: 'value', value: ['2'] }],
    ['record.?a.orValue("none")', {}, { kind: 'value', value: 'none' }],
    ['record.a == "x"', {}, { kind: 'absent' }],
    ['record.constructor', {}, { kind: 'absent' }],
    ['record.list[3] == 1', { list: [] }, { kind: 'absent' }],
    ['record.a.startsWith("x")', { a: 1 }, { kind: 'failed', detail: 'no_matching_overload' }],
  ])('%s over %j', (source, record, expected) => {
    expect(run(source, record)).toEqual(expected)
  })

  test('a pattern that makes a backtracking engine run for minutes is linear', () => {
    expect(run('record.a.matches("^(a+)+$")', { a: `${'a'.repeat(50_000)}!` })).toEqual({
      kind: 'value',
      value: false,
    })
  })

  test('so is a pattern that comes with the record', () => {
    expect(run('record.a.matches(record.p)', { a: `${'a'.repeat(50_000)}!`, p: '^(a|a)*$' })).toEqual({
      kind: 'value',
      value: false,
    })
    expect(run('record.a.matches(record.p)', { a: 'x', p: '(' }).kind).toBe('failed')
  })
})

describe('refused when saved', () => {
  test.each([
    ['record.a.exists(x, record.b.exists(y, x == y))', /not allowed/],
    ['record.a.map(x, x.all(y, y))', /not allowed/],
    ['[1].map(a, [1].map(b, [1].map(c, a)))', /not allowed/],
    ['cel.bind(a, record.x, a + a)', /not allowed/],
    ['record.a.matches("(")', /cannot be used/],
    ['record.a.matches("(?=a)")', /cannot be used/],
    ['other.a', /Unknown variable/],
    ['record.a ==', /cannot be used/],
  ])('%s', (source, words) => {
    expect(refusal(source)).toMatch(words)
  })
})

const treeOf = (source: string) => {
  const compiled = compiler.compile(source)
  if (compiled.kind === 'fault') throw new Error(compiled.detail)
  return compiled.ast
}

test('the paths that an expression reads are known, whole', () => {
  const tree = treeOf(
    'has(record.a.b) && record["c"] == 1 && record.?d.orValue(1) == record.e.size() && record.l[0].k == "x"',
  )

  expect(pathsRead(tree, 'record')).toEqual([['a', 'b'], ['c'], ['d'], ['e'], ['l', 'k']])
})

test('what an expression compares tells records apart, not what it only looks for', () => {
  expect(pathsCompared(treeOf('has(record.a) && record.type == "X"'), 'record')).toEqual([['type']])
  expect(pathsCompared(treeOf('has(record.a)'), 'record')).toEqual([['a']])
})

describe('the quick form of a condition', () => {
  const values = fc.oneof(
    fc.constantFrom('x', 'y', '', '1', 'true', 1, 0, 1.5, 1e21, -0, true, false, null),
    fc.constant({ b: 'x' }),
    fc.constant({ b: null }),
    fc.constant(['x']),
    fc.constant([]),
  )
  const records = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), values, { maxKeys: 3 }),
    },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 'x', 5, [], true) },
  )
  const paths = ['record.a', 'record.b', 'record.a.b', 'record.c.b.d']
  const atoms = paths.flatMap((path) => [
    `${path} == "x"`,
    `${path} != "x"`,
    `${path} == true`,
    `${path} != null`,
    `${path} in ["x", "y"]`,
    `string(${path}) == "1"`,
    `has(${path})`,
    `!(${path} == "x")`,
  ])
  const conditions = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(...atoms),
      fc
        .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('condition').map((inner) => `!(${inner})`),
    ),
  })).condition

  test('says what CEL says, of any record', () => {
    // A second variable keeps an expression from being read in the quick way.
    const slow = createExpressionCompiler(['record', 'other'])

    fc.assert(
      fc.property(conditions, records, (source, record) => {
        const compiled = slow.compile(source)
        if (compiled.kind === 'fault') return

        expect(run(source, record)).toEqual(compiled.run({ record, other: null }))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('bounded when run', () => {
  const long = 'x'.repeat(100_000)
  const items = Array.from({ length: 1000 }, () => 1)

  test.each<[string, unknown]>([
    ['record.list.map(x, record.text + record.text).join("")', { list: items, text: long }],
    ['record.list.map(x, [x, x, x]).map(x, x + x + x)', { list: Array.from({ length: 100_000 }, () => 1) }],
    ['record.list.map(x, size(record.text + record.text)).size()', { list: items, text: long }],
    ['record.list.exists(x, record.text.matches("(a|b|x)*z"))', { list: items, text: long }],
    ['record.text.split("")', { text: 'x'.repeat(300_000) }],
    [Array.from({ length: 40 }, () => 'record.text').join(' + '), { text: long }],
    ['record', { deep: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown }],
    ['record.list', { list: Array.from({ length: 20_000 }, () => 1) }],
  ])('%s', (source, record) => {
    expect(run(source, record)).toEqual({ kind: 'failed', detail: 'too much work, or too large a result' })
  })

  test('a list of usual size is gone through', () => {
    expect(run('record.list.filter(x, x > 0).map(x, string(x)).join(",")', { list: items })).toMatchObject({
      kind: 'value',
    })
  })
})
