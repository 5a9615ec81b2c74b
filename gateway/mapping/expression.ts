import { Environment, EvaluationError, serialize, type ASTNode } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'

/**
 * CEL for `when`, `cel` and answers. Bounded when saved: 200 nodes, no comprehension within another, at most two in all, no
 * `cel.bind` (a chain of them doubles a text each time). `matches` runs on RE2, in linear time.
 */
export type Expression = (variables: { readonly [name: string]: unknown }) => ExpressionResult
export type ExpressionResult =
  | { readonly kind: 'value'; readonly value: unknown }
  /** A field that the expression reads is not there. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly detail: string }

export type CompiledExpression =
  | { readonly kind: 'expression'; readonly run: Expression; readonly ast: ASTNode }
  | { readonly kind: 'fault'; readonly detail: string }

export interface ExpressionCompiler {
  compile(source: string): CompiledExpression
}

const COMPREHENSIONS = new Set([
  'map',
  'filter',
  'all',
  'exists',
  'exists_one',
  'existsOne',
  'transformList',
  'transformMap',
])
const REFUSED_CALLS = new Set(['bind'])
const ABSENT = new Set(['no_such_key', 'unknown_variable', 'index_out_of_bounds', 'no_such_field'])
const MAX_CACHED_PATTERNS = 100

/** A compiler for expressions over these variables; any other name is refused when saved. */
export function createExpressionCompiler(variables: readonly string[]): ExpressionCompiler {
  const environment = createEnvironment(variables)
  return { compile: (source) => compileExpression(environment, variables, source) }
}

function createEnvironment(variables: readonly string[]): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 200, maxDepth: 20, maxListElements: 100, maxMapEntries: 50, maxCallArguments: 8 },
  })
  for (const name of variables) environment.registerVariable(name, 'dyn')
  const patterns = new Map<string, RE2JS>()
  environment.registerFunction('string.matchesLinear(string): bool', (text: string, pattern: string) => {
    let compiled = patterns.get(pattern)
    if (compiled === undefined) {
      compiled = RE2JS.compile(pattern)
      if (patterns.size < MAX_CACHED_PATTERNS) patterns.set(pattern, compiled)
    }
    return compiled.test(text)
  })
  // JSON numbers are doubles: without these `record.count + 1` has no overload.
  environment.registerOperator('double + int', (a: number, b: bigint) => a + Number(b))
  environment.registerOperator('int + double', (a: bigint, b: number) => Number(a) + b)
  environment.registerOperator('double - int', (a: number, b: bigint) => a - Number(b))
  environment.registerOperator('int - double', (a: bigint, b: number) => Number(a) - b)
  environment.registerOperator('double * int', (a: number, b: bigint) => a * Number(b))
  environment.registerOperator('int * double', (a: bigint, b: number) => Number(a) * b)
  environment.registerOperator('double / int', (a: number, b: bigint) => a / Number(b))
  environment.registerOperator('int / double', (a: bigint, b: number) => Number(a) / b)
  return environment
}

function compileExpression(
  environment: Environment,
  variables: readonly string[],
  source: string,
): CompiledExpression {
  try {
    const parsed = environment.parse(source)
    const refusal = findRefusal(parsed.ast)
    if (refusal !== undefined) return { kind: 'fault', detail: refusal }
    const program = bindLinearMatches(environment, parsed)
    const check = program.check()
    if (!check.valid) return { kind: 'fault', detail: celFault(check.error, variables) }
    return { kind: 'expression', ast: program.ast, run: (values) => runProgram(program, values) }
  } catch (error) {
    return { kind: 'fault', detail: celFault(error, variables) }
  }
}

const celFault = (error: unknown, variables: readonly string[]): string => {
  const summary =
    error instanceof Error ? ('summary' in error ? String(error.summary) : error.message) : 'unreadable'
  return `The CEL expression cannot be used: ${summary.slice(0, 300)}. Its variables are ${variables.join(', ')}.`
}

function runProgram(
  program: ReturnType<Environment['parse']>,
  values: { readonly [name: string]: unknown },
): ExpressionResult {
  try {
    return { kind: 'value', value: plainValue(program({ ...values })) }
  } catch (error) {
    if (error instanceof EvaluationError && ABSENT.has(error.code)) return { kind: 'absent' }
    return { kind: 'failed', detail: error instanceof EvaluationError ? error.code : 'error' }
  }
}

/** CEL's integers as numbers, its times as text, its optionals opened. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value === 'object' && value !== null) {
    if ('hasValue' in value && typeof value.hasValue === 'function') {
      return value.hasValue() === true && 'value' in value && typeof value.value === 'function'
        ? plainValue(value.value())
        : undefined
    }
    const entries = value instanceof Map ? [...value.entries()] : Object.entries(value)
    return Object.fromEntries(entries.map(([key, item]) => [String(key), plainValue(item)]))
  }
  return value
}

/**
 * cel-js has no way to replace its own `matches` (an ordinary RegExp: 12 s on a hostile text), so that calls are renamed in the tree
 * and the tree is parsed again.
 */
function bindLinearMatches(
  environment: Environment,
  parsed: ReturnType<Environment['parse']>,
): ReturnType<Environment['parse']> {
  let found = false
  visit(parsed.ast, 0, (node) => {
    if (node.op !== 'rcall' || node.args[0] !== 'matches') return
    const [pattern] = node.args[2]
    if (pattern?.op === 'value' && typeof pattern.args === 'string') RE2JS.compile(pattern.args)
    node.args[0] = 'matchesLinear'
    found = true
  })
  return found ? environment.parse(serialize(parsed.ast)) : parsed
}

function findRefusal(ast: ASTNode): string | undefined {
  let comprehensions = 0
  let refusal: string | undefined
  visit(ast, 0, (node, depth) => {
    if (node.op !== 'rcall' && node.op !== 'call') return
    if (REFUSED_CALLS.has(node.args[0]))
      refusal ??= `cel.${node.args[0]} is not allowed. Write the value out.`
    if (!isComprehension(node)) return
    comprehensions++
    if (depth > 0)
      refusal ??= `${node.args[0]} within another map, filter, all or exists is not allowed: its cost grows with the square of the list.`
  })
  if (comprehensions > 2)
    refusal ??= 'More than two of map, filter, all and exists in one expression are not allowed.'
  return refusal
}

const isComprehension = (node: ASTNode): boolean =>
  node.op === 'rcall' && COMPREHENSIONS.has(node.args[0]) && node.args[2].length > 1

/** Visits every node. `depth` counts the comprehensions whose body it lies in; a comprehension's own list is outside. */
function visit(value: unknown, depth: number, see: (node: ASTNode, depth: number) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, depth, see)
    return
  }
  if (!isNode(value)) return
  see(value, depth)
  if (value.op === 'rcall' && isComprehension(value)) {
    visit(value.args[1], depth, see)
    visit(value.args[2], depth + 1, see)
    return
  }
  visit(value.args, depth, see)
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

/** First keys that an expression reads of a variable: `record.a.b`, `record["a"]`, `has(record.a)`. */
export function keysRead(ast: ASTNode, variable: string): string[] {
  const keys: string[] = []
  visit(ast, 0, (node) => {
    switch (node.op) {
      case '.':
      case '.?':
        if (isVariable(node.args[0], variable)) keys.push(node.args[1])
        break
      case '[]':
      case '[?]': {
        const [base, key] = node.args
        if (isVariable(base, variable) && key.op === 'value' && typeof key.args === 'string')
          keys.push(key.args)
        break
      }
      default:
    }
  })
  return keys
}

const isVariable = (node: ASTNode, name: string): boolean => node.op === 'id' && node.args === name
