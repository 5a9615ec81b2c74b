import type { AnyReaderOptions, Reader, ReaderName, ReaderOptions } from '../../../schemas/readers.ts'
import { compileDatetimeReader, compileDatetimeWriter } from '../datetime.ts'
import { pointerTo } from '../definition-error.ts'
import type { FieldScope } from '../run.ts'
import { scalarText } from '../value.ts'
import { compileAttachmentsReader } from './attachments.ts'
import { optionPath } from './open.ts'
import { compileFinder, readIdentity, readPhone } from './person.ts'
import type { ReadValue } from './reading.ts'
import {
  compileBooleanReader,
  compileBooleanWriter,
  compileListReader,
  readHtml,
  readNumber,
  readText,
} from './text.ts'

export const readerName = (reader: Reader): ReaderName =>
  typeof reader === 'string' ? reader : reader.reader

/** Compiles `as:`, other than a point, which reads more than one value (point.ts). */
export function compileReader(reader: Reader, at: string, scope: FieldScope): ReadValue {
  const options = typeof reader === 'string' ? ({ reader } as AnyReaderOptions) : reader
  const forward = scope.direction === 'forward'
  switch (options.reader) {
    case 'datetime':
      return forward ? datetimeIn(options, at, scope) : datetimeOut(options, at, scope)
    case 'boolean':
      return forward
        ? compileBooleanReader(options.true, options.false)
        : compileBooleanWriter(options.true, options.false)
    case 'phone':
      return options.find === true ? compileFinder('phone', 'a text with a phone number') : readPhone
    case 'identity':
      return options.find === true
        ? compileFinder('identity', 'a text with an identity number')
        : readIdentity
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
    case 'point':
    case 'text':
      return readText
  }
}

/** Characters of a time, with what stands around it. */
const MAX_TIME = 100

const formatsOf = ({ format }: ReaderOptions<'datetime'>): string[] =>
  format === undefined ? ['iso'] : [format].flat()

function datetimeIn(options: ReaderOptions<'datetime'>, at: string, scope: FieldScope): ReadValue {
  const formats = formatsOf(options)
  const compiled = compileDatetimeReader(formats, options.zone)
  const unreadable = { kind: 'unreadable', wanted: `a time as ${formats.join(' or ')}` } as const
  if (compiled.kind === 'fault') {
    scope.faults.add(at, compiled.detail)
    return () => unreadable
  }
  return (value) => {
    const text = scalarText(value) ?? ''
    const utcMs = text.length > MAX_TIME ? undefined : compiled.read(text)
    return utcMs === undefined ? unreadable : { kind: 'read', value: new Date(utcMs).toISOString() }
  }
}

function datetimeOut(options: ReaderOptions<'datetime'>, at: string, scope: FieldScope): ReadValue {
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
