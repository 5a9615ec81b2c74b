import { parsePath, type Path } from '../path.ts'
import { spend, type FieldScope, type Problem, type Run, type Step } from '../run.ts'
import { shapeOf } from '../value.ts'
import type { Reading, ReadValue } from './reading.ts'

interface Place {
  readonly run: Run
  readonly target: string
  readonly sources: readonly string[]
  readonly scope: Pick<FieldScope, 'direction'>
}

/** Shorter texts cost nothing that counts. */
const FREE_CHARACTERS = 500

/** Reads a value; what cannot be read is a problem of the record. */
export function readStep(
  read: ReadValue,
  place: {
    readonly target: string
    readonly sources: readonly string[]
    readonly scope: Pick<FieldScope, 'direction'>
    /** What a long text costs, where it is not one unit a character. */
    readonly costOf?: ((text: string) => number) | undefined
  },
): Step {
  const { target, sources, scope, costOf } = place
  return (value, run) => {
    if (
      typeof value === 'string' &&
      value.length > FREE_CHARACTERS &&
      !spend(run, costOf?.(value) ?? value.length, target)
    )
      return undefined
    const reading = read(value)
    return reading.kind === 'read' ? reading.value : opened(reading, value, { run, target, sources, scope })
  }
}

/** The value of a reading; undefined where it is absent, or cannot be read, which is then a problem. */
export function opened(reading: Reading, value: unknown, place: Place): unknown {
  if (reading.kind === 'read') return reading.value
  if (reading.kind === 'unreadable') place.run.problems.push(unreadableProblem(value, reading.wanted, place))
  return undefined
}

/** Says where the value stood, what was wanted and the value's shape, never its content. */
const unreadableProblem = (
  value: unknown,
  wanted: string,
  { run, sources, target, scope }: Place,
): Problem => ({
  code: 'mapping.unreadable-value',
  pointer: target,
  detail:
    scope.direction === 'forward'
      ? `Channel ${run.channelId} sent ${sources.join(' or ') || 'a value'} as ${shapeOf(value)}, which cannot be read as ${wanted}. ` +
        `Correct it there, or the field's "as" in the mapping.`
      : `${sources.join(' or ') || 'A value'} is ${shapeOf(value)} and cannot be written as ${wanted}. Correct the field's "as" in the mapping.`,
})

/** A path that an option gives. */
export function optionPath(text: string, at: string, scope: FieldScope): Path {
  const parsed = parsePath(text)
  if (parsed.kind === 'path') return parsed.path
  scope.faults.add(at, parsed.detail)
  return []
}
