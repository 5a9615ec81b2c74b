import type { Expression } from './expression.ts'
import { pathsRead } from './expression-tree.ts'
import type { CompiledField, FieldScope, Problem, Run } from './run.ts'
import { isAbsent } from './value.ts'

/** A field computed by CEL. */
export function compileComputed(
  source: string,
  at: string,
  target: string,
  scope: FieldScope,
): CompiledField {
  const run = compileCel(source, at, scope)
  return {
    sources: [`cel ${source.slice(0, 60)}`],
    read: (state) => {
      const result = run(state.variables, state.meter)
      if (result.kind === 'value') return isAbsent(result.value) ? undefined : result.value
      if (result.kind === 'failed') state.problems.push(expressionProblem(at, target, result.detail))
      return undefined
    },
  }
}

/** A condition. An absent field makes it false; any other failure is a problem of the record. */
export function compileCondition(
  source: string,
  at: string,
  target: string,
  scope: FieldScope,
): (run: Run) => boolean {
  const run = compileCel(source, at, scope)
  return (state) => {
    const result = run(state.variables, state.meter)
    if (result.kind === 'value' && typeof result.value === 'boolean') return result.value
    if (result.kind === 'value') state.problems.push(expressionProblem(at, target, 'not true or false'))
    if (result.kind === 'failed') state.problems.push(expressionProblem(at, target, result.detail))
    return false
  }
}

const expressionProblem = (at: string, target: string, detail: string): Problem => ({
  code: 'mapping.expression-failed',
  pointer: target,
  detail: `The CEL expression at ${at} failed for this record (${detail}). Guard it with has(…), or convert with string(…) or double(…).`,
})

function compileCel(source: string, at: string, scope: FieldScope): Expression {
  const compiled = scope.expressions.compile(source)
  if (compiled.kind === 'fault') {
    scope.faults.add(at, compiled.detail)
    return () => ({ kind: 'absent' })
  }
  for (const path of pathsRead(compiled.ast, 'record')) scope.reads.add(path)
  return compiled.run
}
