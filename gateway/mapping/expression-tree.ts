import type { ASTNode } from '@marcbachmann/cel-js'

/** What can be seen of a CEL expression without running it. */

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

export const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

export const isComprehension = (node: ASTNode): node is ASTNode & { op: 'rcall' } =>
  node.op === 'rcall' && COMPREHENSIONS.has(node.args[0]) && node.args[2].length > 1

/** Visits every node. `depth` counts the comprehensions whose body it lies in; a comprehension's own list is outside. */
export function visit(value: unknown, depth: number, see: (node: ASTNode, depth: number) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, depth, see)
    return
  }
  if (!isNode(value)) return
  see(value, depth)
  if (isComprehension(value)) {
    visit(value.args[1], depth, see)
    visit(value.args[2], depth + 1, see)
    return
  }
  visit(value.args, depth, see)
}

/** Words about what an expression may not hold; undefined where it may run. */
export function findRefusal(ast: ASTNode): string | undefined {
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

/** The names behind a variable: `record.a["b"]` is a, b. Undefined where the node is no such chain. */
export function chainOf(node: ASTNode, variable: string): string[] | undefined {
  if (node.op === 'id') return node.args === variable ? [] : undefined
  const step = stepOf(node)
  if (step === undefined) return undefined
  const base = chainOf(step.base, variable)
  return base === undefined || step.name === undefined ? base : [...base, step.name]
}

/** One step of a chain; a place in a list has no name. */
function stepOf(node: ASTNode): { base: ASTNode; name: string | undefined } | undefined {
  switch (node.op) {
    case '.':
    case '.?':
      return { base: node.args[0], name: node.args[1] }
    case '[]':
    case '[?]': {
      const [base, key] = node.args
      return { base, name: key.op === 'value' && typeof key.args === 'string' ? key.args : undefined }
    }
    default:
      return undefined
  }
}

/** Every path that an expression reads of a variable, whole: `record.a.b`, `record["a"]`, `has(record.a)`. */
export function pathsRead(ast: unknown, variable: string): string[][] {
  if (Array.isArray(ast)) return ast.flatMap((item) => pathsRead(item, variable))
  if (!isNode(ast)) return []
  const chain = chainOf(ast, variable)
  if (chain !== undefined && chain.length > 0) return [chain]
  return pathsRead(ast.args, variable)
}

/** Paths that an expression compares: what tells one kind of record from another. Where it compares none, all it reads. */
export function pathsCompared(ast: ASTNode, variable: string): string[][] {
  const compared: string[][] = []
  visit(ast, 0, (node) => {
    if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return
    compared.push(...pathsRead(node.args, variable))
  })
  return compared.length > 0 ? compared : pathsRead(ast, variable)
}
