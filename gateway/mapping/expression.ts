import { Environment, EvaluationError, serialize, type ASTNode } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import { boundedValue, CelBounds } from './expression-bounds.ts'
import { compileQuick } from './expression-quick.ts'
import { findRefusal, isComprehension, visit } from './expression-tree.ts'
import { METER_UNITS, type Meter } from './run.ts'

/**
 * CEL for `when`, `cel` and answers. Bounded when saved: 200 nodes, no comprehension within another, at most two in all, no
 * `cel.bind` (a chain of them doubles a text each time). Bounded when run: what lists, joins and results may hold, and what
 * they cost (expression-bounds.ts). `matches` runs on RE2, in linear time.
 */
export type Expression = (variables: Variables, meter?: Meter) => ExpressionResult
type Variables = { readonly [name: string]: unknown }
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

const MAX_CACHED = 2000
const ABSENT = new Set(['no_such_key', 'unknown_variable', 'index_out_of_bounds', 'no_such_field'])
/** A compiler for expressions over these variables; any other name is refused when saved. */
export function createExpressionCompiler(variables: readonly string[]): ExpressionCompiler {
  const bounds = new CelBounds()
  const environment = createEnvironment(variables, bounds)
  // Channels of one platform share its expressions.
  const compiled = new Map<string, CompiledExpression>()
  return {
    compile: (source) => {
      const known = compiled.get(source) ?? compileExpression(source, { environment, variables, bounds })
      if (compiled.size < MAX_CACHED) compiled.set(source, known)
      return known
    },
  }
}

interface CompilerParts {
  readonly environment: Environment
  readonly variables: readonly string[]
  readonly bounds: CelBounds
}

function createEnvironment(variables: readonly string[], bounds: CelBounds): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 200, maxDepth: 20, maxListElements: 100, maxMapEntries: 50, maxCallArguments: 8 },
  })
  for (const name of variables) environment.registerVariable(name, 'dyn')
  environment.registerFunction('string.matchesBounded(string): bool', bounds.matches)
  environment.registerFunction('list.joinBounded(): string', (list: unknown) => bounds.join(list))
  environment.registerFunction('list.joinBounded(string): string', bounds.join)
  environment.registerFunction('string.splitBounded(string): list<string>', bounds.split)
  environment.registerFunction('boundedList(dyn, int): dyn', bounds.list)
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

function compileExpression(source: string, parts: CompilerParts): CompiledExpression {
  const { environment, variables } = parts
  try {
    const parsed = environment.parse(source)
    const refusal = findRefusal(parsed.ast)
    if (refusal !== undefined) return { kind: 'fault', detail: refusal }
    // A condition over one variable is mostly one of a few forms.
    const [only = ''] = variables
    const quick = variables.length === 1 ? compileQuick(parsed.ast, only) : undefined
    const { ast } = environment.parse(source)
    const program = bindBounded(environment, parsed)
    const check = program.check()
    if (!check.valid) return { kind: 'fault', detail: celFault(check.error, variables) }
    const slow: Expression = (values, meter = { left: METER_UNITS }) =>
      runProgram(program, { values, meter, bounds: parts.bounds })
    if (quick === undefined) return { kind: 'expression', ast, run: slow }
    return {
      kind: 'expression',
      ast,
      run: (values, meter) => {
        const verdict = quick(values[only])
        if (verdict === 'ask-cel') return slow(values, meter)
        return verdict === 'absent' ? ABSENT_RESULT : verdict ? TRUE_RESULT : FALSE_RESULT
      },
    }
  } catch (error) {
    return { kind: 'fault', detail: celFault(error, variables) }
  }
}

const ABSENT_RESULT: ExpressionResult = { kind: 'absent' }
const TRUE_RESULT: ExpressionResult = { kind: 'value', value: true }
const FALSE_RESULT: ExpressionResult = { kind: 'value', value: false }

const celFault = (error: unknown, variables: readonly string[]): string => {
  const summary =
    error instanceof Error ? ('summary' in error ? String(error.summary) : error.message) : 'unreadable'
  return `The CEL expression cannot be used: ${summary.slice(0, 300)}. Its variables are ${variables.join(', ')}.`
}

function runProgram(
  program: ReturnType<Environment['parse']>,
  { values, meter, bounds }: { values: Variables; meter: Meter; bounds: CelBounds },
): ExpressionResult {
  const result = bounds.run(values, meter, () => boundedValue(program({ ...values })))
  if ('value' in result) return { kind: 'value', value: result.value }
  const { error, exceeded } = result
  if (exceeded) return { kind: 'failed', detail: 'too much work, or too large a result' }
  if (error instanceof EvaluationError && ABSENT.has(error.code)) return ABSENT_RESULT
  return { kind: 'failed', detail: error instanceof EvaluationError ? error.code : 'error' }
}

/** cel-js's own functions without bounds (its `matches`, an ordinary RegExp, took 12 s on a hostile text), and ours. */
const BOUNDED: { readonly [name: string]: string } = {
  matches: 'matchesBounded',
  join: 'joinBounded',
  split: 'splitBounded',
}

/** cel-js cannot have its functions replaced, so that calls are renamed in the tree and the tree is parsed again. */
function bindBounded(
  environment: Environment,
  parsed: ReturnType<Environment['parse']>,
): ReturnType<Environment['parse']> {
  let found = false
  const comprehensions: (ASTNode & { op: 'rcall' })[] = []
  visit(parsed.ast, 0, (node) => {
    if (isComprehension(node)) comprehensions.push(node)
    if (node.op !== 'rcall') return
    const [name, , [pattern]] = node.args
    if (name === 'matches' && pattern?.op === 'value' && typeof pattern.args === 'string')
      RE2JS.compile(pattern.args)
    const ours = Object.hasOwn(BOUNDED, name) ? BOUNDED[name] : undefined
    if (ours === undefined) return
    node.args[0] = ours
    found = true
  })
  for (const node of comprehensions) {
    const list = { op: 'call', args: ['boundedList', [node.args[1], weightOf(node)]] }
    node.args[1] = list as unknown as ASTNode
  }
  return found || comprehensions.length > 0 ? environment.parse(serialize(parsed.ast)) : parsed
}

/** How many nodes are run for each item; a pattern counts for many. */
function weightOf(node: ASTNode & { op: 'rcall' }): ASTNode {
  let nodes = 1
  visit(node.args[2], 0, (inner) => {
    nodes += inner.op === 'rcall' && inner.args[0] === BOUNDED['matches'] ? 50 : 1
  })
  return { op: 'value', args: BigInt(nodes) } as unknown as ASTNode
}
