import { describe, expect, test } from 'vitest'
import { createExpressionCompiler, keysRead, type ExpressionResult } from './expression.ts'

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

test('the keys that an expression reads are known', () => {
  const compiled = compiler.compile(
    'has(record.a.b) && record["c"] == 1 && record.?d.orValue(1) == record.e.size()',
  )

  expect(compiled.kind === 'expression' && keysRead(compiled.ast, 'record')).toEqual(['a', 'c', 'd', 'e'])
})
