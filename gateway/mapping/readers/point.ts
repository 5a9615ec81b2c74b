import type { FieldRule } from '../../../schemas/mapping.ts'
import type { ReaderOptions } from '../../../schemas/readers.ts'
import { translate } from '../code-table.ts'
import { pointerTo, suggestion } from '../definition-error.ts'
import { compileGetter } from '../getter.ts'
import { compilePath, type Path } from '../path.ts'
import type { CompiledTable, FieldScope, Run, Step } from '../run.ts'
import { isAbsent, scalarText } from '../value.ts'
import {
  centralMeridianOf,
  isReadableSystem,
  readPoint,
  readZonePoint,
  READABLE_SYSTEMS,
  type ReadableSystem,
} from './coordinates.ts'
import { opened, optionPath } from './open.ts'

type PointOptions = ReaderOptions<'point'>
interface Place {
  readonly at: string
  readonly target: string
  readonly scope: FieldScope
}

/** A point from two numbers of the record (or of the `from` value), or from one text `x,y`. */
export function compilePointStep(rule: FieldRule, table: CompiledTable | undefined, place: Place): Step {
  const { at, target, scope } = place
  const options: PointOptions =
    typeof rule.as === 'object' && rule.as.reader === 'point' ? rule.as : { reader: 'point' }
  const here = { ...place, at: pointerTo(at, 'as') }
  checkPoint(rule, options, here)
  const system = compileSystem(options.system, table, here)
  const pair = compilePair(rule, options, here)
  const sources = [options.x, options.y].filter((text) => text !== undefined)
  return (value, run) => {
    const [x, y] = pair(value)
    if (isAbsent(x) && isAbsent(y)) return undefined
    const name = system(run)
    if (name === undefined) return undefined
    const reading = name === 'CGCS2000-zone' ? readZonePoint(x, y, options) : readPoint(x, y, name)
    return reading.kind === 'read'
      ? reading.value
      : opened(reading, `${scalarText(x)},${scalarText(y)}`, { run, target, sources, scope })
  }
}

function checkPoint(rule: FieldRule, options: PointOptions, { at, scope }: Place): void {
  const { system, x, y, zone, centralMeridian, falseEasting } = options
  if (system?.startsWith('$') !== true && rule.codes !== undefined) {
    scope.faults.add(
      at.replace(/\/as$/, '/codes'),
      'A point takes "codes" only for a coordinate system that is read from the record (system: $path).',
    )
  }
  if ((x === undefined) !== (y === undefined))
    scope.faults.add(at, 'A point has both x and y, or neither (then its value is one text "x,y").')
  if (zone !== undefined && centralMeridianOf(zone) === undefined)
    scope.faults.add(pointerTo(at, 'zone'), 'There is no zone 24: 13 to 23 are of 6°, 25 to 45 of 3°.')
  if (zone !== undefined && centralMeridian !== undefined)
    scope.faults.add(pointerTo(at, 'zone'), 'State the zone or its centralMeridian, not both.')
  if (falseEasting !== undefined && zone === undefined && centralMeridian === undefined)
    scope.faults.add(pointerTo(at, 'falseEasting'), 'A false easting needs the zone or the centralMeridian.')
  if (system === undefined || system === 'CGCS2000-zone' || system.startsWith('$')) return
  for (const name of ['zone', 'centralMeridian', 'falseEasting'] as const)
    if (options[name] !== undefined)
      scope.faults.add(pointerTo(at, name), `"${name}" belongs to system: CGCS2000-zone, this is ${system}.`)
}

/** The two numbers, first the one to the east. */
function compilePair(
  rule: FieldRule,
  options: PointOptions,
  { at, scope }: Place,
): (value: unknown) => unknown[] {
  const exchanged = options.axes === 'north-east'
  if (options.x === undefined || options.y === undefined)
    return (value) => (exchanged ? splitPair(value).toReversed() : splitPair(value))
  const paths = [
    optionPath(options.x, pointerTo(at, 'x'), scope),
    optionPath(options.y, pointerTo(at, 'y'), scope),
  ]
  for (const path of paths) for (const whole of readFrom(rule, path)) scope.reads.add(whole)
  const [first, second] = (exchanged ? paths.toReversed() : paths).map(compilePath)
  return (value) => [first?.(value), second?.(value)]
}

/** The paths of a point's number in the record, where its value is one. */
function readFrom({ from }: FieldRule, path: Path): Path[] {
  return from === undefined && path.length > 0 ? [path] : []
}

function splitPair(value: unknown): unknown[] {
  const pair: unknown[] = Array.isArray(value)
    ? value
    : (scalarText(value)
        ?.slice(0, 200)
        .trim()
        .split(/[,，;\s]+/) ?? [])
  return [pair[0], pair[1]]
}

type SystemOf = (run: Run) => ReadableSystem | undefined

function compileSystem(
  system: string | undefined,
  table: CompiledTable | undefined,
  { at, target, scope }: Place,
): SystemOf {
  const place = pointerTo(at, 'system')
  if (system === undefined) {
    scope.faults.add(
      at,
      `A point without a stated coordinate system is never guessed. Add system: one of ${READABLE_SYSTEMS.join(', ')}, or $path to read it from the record.`,
    )
    return () => undefined
  }
  if (!system.startsWith('$')) {
    if (isReadableSystem(system)) return () => system
    const words =
      system === 'local'
        ? ' The parameters of a local grid cannot be given in a mapping: let the source send CGCS2000.'
        : suggestion(system, READABLE_SYSTEMS)
    scope.faults.add(place, `The coordinate system "${system}" cannot be read.${words}`)
    return () => undefined
  }
  for (const code of table === undefined ? [] : new Set(table.rows.values()))
    if (!isReadableSystem(code))
      scope.faults.add(
        pointerTo('/codes', table?.name ?? ''),
        `The coordinate system "${code}" cannot be read.${suggestion(code, READABLE_SYSTEMS)}`,
      )
  const get = compileGetter(system.slice(1), place, scope)
  return (run) => systemOf(get(run), run, { path: system.slice(1), table, target })
}

function systemOf(
  raw: unknown,
  run: Run,
  { path, table, target }: { path: string; table: CompiledTable | undefined; target: string },
): ReadableSystem | undefined {
  const before = run.problems.length
  const name = isAbsent(raw)
    ? undefined
    : table === undefined
      ? scalarText(raw)?.trim()
      : scalarText(translate(raw, table, target, run))
  if (name !== undefined && isReadableSystem(name)) return name
  if (table?.otherwise === 'absent' && !isAbsent(raw)) return undefined
  if (run.problems.length === before) {
    run.problems.push({
      code: 'mapping.unreadable-value',
      pointer: target,
      detail: `Channel ${run.channelId} sent a point whose coordinate system (${path}) is missing or not known. A point is never guessed: let the source state its system.`,
    })
  }
  return undefined
}
