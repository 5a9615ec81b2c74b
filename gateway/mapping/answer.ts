import type { Answer } from '../../adapters/adapter.ts'
import type { Notice, Outcome } from '../../schemas/delivery.ts'
import type { ReverseMapping, ReverseRequest } from '../../schemas/mapping.ts'
import { pointerTo, suggestion } from './definition-error.ts'
import { createExpressionCompiler, type ExpressionCompiler } from './expression.ts'
import { parsePath, readPath, type Path } from './path.ts'
import type { FieldScope } from './run.ts'
import { isAbsent, scalarText, shownCode } from './value.ts'

export type Judge = (answer: Answer) => Outcome | null
export type LookupJudge = (
  answer: Answer,
  notice: Pick<Notice, 'code' | 'event' | 'source'>,
) => 'delivered' | 'absent' | 'unknown'

let answerExpressions: ExpressionCompiler | undefined
let lookupExpressions: ExpressionCompiler | undefined
const forAnswers = (): ExpressionCompiler =>
  (answerExpressions ??= createExpressionCompiler(['status', 'headers', 'body']))
const forLookups = (): ExpressionCompiler =>
  (lookupExpressions ??= createExpressionCompiler(['status', 'headers', 'body', 'code', 'event', 'source']))

/** What an answer means, in the order delivered, permanent, transient. HTTP 200 alone says nothing. */
export function compileJudgement(definition: ReverseRequest['answer'], at: string, scope: FieldScope): Judge {
  const delivered = compileTest(definition.delivered, pointerTo(at, 'delivered'), scope, forAnswers())
  const permanent = compileTest(definition.permanent, pointerTo(at, 'permanent'), scope, forAnswers())
  const transient = compileTest(definition.transient, pointerTo(at, 'transient'), scope, forAnswers())
  const [reference] = compilePaths(
    definition.reference === undefined ? [] : [definition.reference],
    pointerTo(at, 'reference'),
    scope,
  )
  const details = compilePaths(definition.detail ?? [], pointerTo(at, 'detail'), scope)
  return (answer) => {
    const values = { ...answer }
    if (delivered(values)) {
      const number = reference === undefined ? undefined : scalarText(readPath(values, reference.path))
      return {
        kind: 'delivered',
        ...(number === undefined || isAbsent(number) ? {} : { reference: number.slice(0, 200) }),
      }
    }
    const said = saidBy(answer, details)
    if (permanent(values)) return { kind: 'permanent', detail: `The partner refused: ${said}.` }
    if (transient(values)) return { kind: 'transient', detail: `The partner cannot take it now: ${said}.` }
    return null
  }
}

/** What a partner's store shows after an ambiguous try. */
export function compileLookupJudgement(
  lookup: NonNullable<ReverseMapping['lookup']>,
  at: string,
  scope: FieldScope,
): LookupJudge {
  const delivered = compileTest(lookup.delivered, pointerTo(at, 'delivered'), scope, forLookups())
  const absent = compileTest(lookup.absent, pointerTo(at, 'absent'), scope, forLookups())
  return (answer, { code, event, source }) => {
    const values = { ...answer, code: code ?? null, event, source }
    if (delivered(values)) return 'delivered'
    return absent(values) ? 'absent' : 'unknown'
  }
}

type Test = (values: { readonly [name: string]: unknown }) => boolean

/** An answer that lacks what the expression reads is not what it asks for. */
function compileTest(
  source: string | undefined,
  at: string,
  scope: FieldScope,
  expressions: ExpressionCompiler,
): Test {
  if (source === undefined) return () => false
  const compiled = expressions.compile(source)
  if (compiled.kind === 'fault') {
    scope.faults.add(at, compiled.detail)
    return () => false
  }
  return (values) => {
    const result = compiled.run(values)
    return result.kind === 'value' && result.value === true
  }
}

interface NamedPath {
  readonly text: string
  readonly path: Path
}

const ANSWER_ROOTS = ['status', 'headers', 'body']

function compilePaths(texts: readonly string[], at: string, scope: FieldScope): NamedPath[] {
  return texts.flatMap((text) => {
    const parsed = parsePath(text)
    const [root = ''] = parsed.kind === 'path' ? parsed.path : []
    if (parsed.kind === 'path' && ANSWER_ROOTS.includes(String(root))) return [{ text, path: parsed.path }]
    scope.faults.add(
      at,
      parsed.kind === 'fault'
        ? parsed.detail
        : `The path "${text}" of an answer starts with status, headers or body.${suggestion(String(root), ANSWER_ROOTS)}`,
    )
    return []
  })
}

/** The HTTP status and the partner's own codes: never its free text. */
function saidBy(answer: Answer, details: readonly NamedPath[]): string {
  const codes = details.map(({ text, path }) => {
    const value = scalarText(readPath({ ...answer }, path))
    return value === undefined ? undefined : `${text} ${shownCode(value)}`
  })
  return [`HTTP ${answer.status}`, ...codes.filter((code) => code !== undefined)].join(', ')
}
