import type { FieldRule, Reader, ReaderName } from '../../schemas/mapping.ts'
import { compileDatetimeReader, compileDatetimeWriter } from './datetime.ts'
import { pointerTo, suggestion } from './definition-error.ts'
import { compileGetter } from './getter.ts'
import { translate } from './code-table.ts'
import { parsePath, readPath, type Path } from './path.ts'
import {
  compileAttachmentsReader,
  compileBooleanReader,
  compileListReader,
  isReadableSystem,
  readHtml,
  readNumber,
  readPhone,
  readPoint,
  READABLE_SYSTEMS,
  readText,
  type Reading,
} from './readers.ts'
import type { CompiledTable, FieldScope, Problem, Run, Step } from './run.ts'
import { isAbsent, scalarText, shapeOf } from './value.ts'

type ReaderOptions = Exclude<Reader, string>
type ReadValue = (value: unknown) => Reading

export const readerName = (reader: Reader): ReaderName =>
  typeof reader === 'string' ? reader : reader.reader

const OPTIONS: { readonly [reader in ReaderName]: readonly string[] } = {
  text: [],
  datetime: ['format', 'zone'],
  point: ['system', 'x', 'y'],
  phone: [],
  html: [],
  number: [],
  boolean: ['true', 'false'],
  attachments: ['url', 'name'],
  list: ['separator'],
}

/** Compiles `as:`, other than a point. */
export function compileReader(reader: Reader, at: string, scope: FieldScope): ReadValue {
  const options: ReaderOptions = typeof reader === 'string' ? { reader } : reader
  checkOptions(options, at, scope)
  switch (options.reader) {
    case 'datetime':
      return scope.direction === 'forward' ? datetimeIn(options, at, scope) : datetimeOut(options, at, scope)
    case 'boolean':
      return scope.direction === 'forward'
        ? compileBooleanReader(options.true, options.false)
        : booleanOut(options)
    case 'phone':
      return readPhone
    case 'html':
      return readHtml
    case 'number':
      return readNumber
    case 'list':
      return compileListReader(options.separator)
    case 'attachments':
      return compileAttachmentsReader({
        url: optionPath(options.url ?? 'url', pointerTo(at, 'url'), scope),
        name: optionPath(options.name ?? 'name', pointerTo(at, 'name'), scope),
      })
    default:
      return readText
  }
}

function checkOptions(options: ReaderOptions, at: string, scope: FieldScope): void {
  const known = OPTIONS[options.reader]
  for (const name of Object.keys(options)) {
    if (name === 'reader' || known.includes(name)) continue
    const words = known.length === 0 ? 'It has no options.' : `Its options are ${known.join(', ')}.`
    scope.faults.add(pointerTo(at, name), `The reader ${options.reader} has no option "${name}". ${words}`)
  }
}

function optionPath(text: string, at: string, scope: FieldScope): Path {
  const parsed = parsePath(text)
  if (parsed.kind === 'path') return parsed.path
  scope.faults.add(at, parsed.detail)
  return []
}

const formatsOf = ({ format }: ReaderOptions): string[] => (format === undefined ? ['iso'] : [format].flat())

function datetimeIn(options: ReaderOptions, at: string, scope: FieldScope): ReadValue {
  const formats = formatsOf(options)
  const compiled = compileDatetimeReader(formats, options.zone)
  const wanted = `a time as ${formats.join(' or ')}`
  if (compiled.kind === 'fault') {
    scope.faults.add(at, compiled.detail)
    return () => ({ kind: 'unreadable', wanted })
  }
  return (value) => {
    const utcMs = compiled.read(scalarText(value) ?? '')
    return utcMs === undefined
      ? { kind: 'unreadable', wanted }
      : { kind: 'read', value: new Date(utcMs).toISOString() }
  }
}

function datetimeOut(options: ReaderOptions, at: string, scope: FieldScope): ReadValue {
  const compiled = compileDatetimeWriter(formatsOf(options)[0] ?? 'iso', options.zone)
  if (compiled.kind === 'fault') {
    scope.faults.add(at, compiled.detail)
    return () => ({ kind: 'absent' })
  }
  return (value) => {
    const utcMs = Date.parse(scalarText(value) ?? '')
    return Number.isNaN(utcMs)
      ? { kind: 'unreadable', wanted: 'an instant' }
      : { kind: 'read', value: compiled.read(utcMs) }
  }
}

const booleanOut =
  (options: ReaderOptions): ReadValue =>
  (value) => {
    if (typeof value !== 'boolean') return { kind: 'unreadable', wanted: 'true or false' }
    return { kind: 'read', value: (value ? options.true?.[0] : options.false?.[0]) ?? value }
  }

/** Reads a value; what cannot be read is a problem of the record. */
export function readStep(read: ReadValue, target: string, sources: readonly string[]): Step {
  return (value, run) => opened(read(value), value, { run, target, sources })
}

function opened(
  reading: Reading,
  value: unknown,
  place: { run: Run; target: string; sources: readonly string[] },
): unknown {
  if (reading.kind === 'read') return reading.value
  if (reading.kind === 'unreadable') place.run.problems.push(unreadableProblem(value, reading.wanted, place))
  return undefined
}

/** Says where the value stood, what was wanted and the value's shape, never its content. */
const unreadableProblem = (
  value: unknown,
  wanted: string,
  place: { run: Run; target: string; sources: readonly string[] },
): Problem => ({
  code: 'mapping.unreadable-value',
  pointer: place.target,
  detail:
    `Channel ${place.run.channelId} sent ${place.sources.join(' or ') || 'a value'} as ${shapeOf(value)}, which cannot be read as ${wanted}. ` +
    `Correct it there, or the field's "as" in the mapping.`,
})

/** A point from two numbers of the record (or of the `from` value), or from one text `x,y`. */
export function compilePointStep(
  rule: FieldRule,
  table: CompiledTable | undefined,
  { at, target, scope }: { at: string; target: string; scope: FieldScope },
): Step {
  const options: ReaderOptions = typeof rule.as === 'object' ? rule.as : { reader: 'point' }
  const place = pointerTo(at, 'as')
  checkOptions(options, place, scope)
  const system = compileSystem(options.system, { at: place, target, scope, table })
  if (options.system?.startsWith('$') !== true && rule.codes !== undefined) {
    scope.faults.add(
      pointerTo(at, 'codes'),
      'A point takes "codes" only for a coordinate system that is read from the record (system: $path).',
    )
  }
  if ((options.x === undefined) !== (options.y === undefined))
    scope.faults.add(place, 'A point has both x and y, or neither (then its value is one text "x,y").')
  const xPath = options.x === undefined ? undefined : optionPath(options.x, pointerTo(place, 'x'), scope)
  const yPath = options.y === undefined ? undefined : optionPath(options.y, pointerTo(place, 'y'), scope)
  if (rule.from === undefined)
    for (const path of [xPath, yPath]) if (path?.[0] !== undefined) scope.fieldsRead.add(String(path[0]))
  const sources = [options.x, options.y].filter((text) => text !== undefined)
  return (value, run) => {
    const [x, y] =
      xPath === undefined || yPath === undefined
        ? splitPair(value)
        : [readPath(value, xPath), readPath(value, yPath)]
    if (isAbsent(x) && isAbsent(y)) return undefined
    const name = system(run)
    return name === undefined
      ? undefined
      : opened(readPoint(x, y, name), `${scalarText(x)},${scalarText(y)}`, { run, target, sources })
  }
}

function splitPair(value: unknown): [unknown, unknown] {
  const pair: unknown[] = Array.isArray(value) ? value : (scalarText(value)?.split(/[,，;\s]+/) ?? [])
  return [pair[0], pair[1]]
}

type SystemOf = (run: Run) => (typeof READABLE_SYSTEMS)[number] | undefined

function compileSystem(
  system: string | undefined,
  {
    at,
    target,
    scope,
    table,
  }: { at: string; target: string; scope: FieldScope; table: CompiledTable | undefined },
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
      system === 'local' || system === 'CGCS2000-zone'
        ? ' Its parameters cannot be given in a mapping yet: let the source send degrees.'
        : suggestion(system, READABLE_SYSTEMS)
    scope.faults.add(place, `The coordinate system "${system}" cannot be read.${words}`)
    return () => undefined
  }
  const get = compileGetter(system.slice(1), place, scope)
  return (run) => {
    const raw = get(run)
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
        detail: `Channel ${run.channelId} sent a point whose coordinate system (${system.slice(1)}) is missing or not known. A point is never guessed: let the source state its system.`,
      })
    }
    return undefined
  }
}
