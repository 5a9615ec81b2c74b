import type { FaultList } from './definition-error.ts'
import type { ExpressionCompiler } from './expression.ts'
import type { KnownFields } from './known-fields.ts'
import type { Path } from './path.ts'
import type { ReferenceCodes } from './reference.ts'

/** A value that no code table lists, or (table `fields`) a field that the mapping does not know, or (table `rules`) a kind of record. */
export interface UnknownValue {
  readonly table: string
  readonly value: string
  /** Its record waits in quarantine because of it. */
  readonly blocks?: true
}

/** Why a record cannot become what its rule says. */
export interface Problem {
  readonly code: string
  readonly pointer: string
  readonly detail: string
}

/** What one record may cost, in characters that a reader looks at. */
export interface Meter {
  left: number
}

/** One record, or one notice, on its way through a mapping. */
export interface Run {
  /** What paths read. */
  readonly root: unknown
  /** What CEL reads. */
  readonly variables: { readonly [name: string]: unknown }
  readonly channelId: string
  readonly feed: string
  readonly receivedAt: Date | undefined
  readonly problems: Problem[]
  readonly unknown: UnknownValue[]
  readonly meter: Meter
}

/** About a second of the dearest work, and far above what a real record needs. */
export const METER_UNITS = 1_500_000

/** Takes the cost of work from a record's meter; where it is used up, that is a problem of the record. */
export function spend(run: Run, units: number, target: string): boolean {
  run.meter.left -= units
  if (run.meter.left >= 0) return true
  if (run.meter.left + units >= 0) {
    run.problems.push({
      code: 'mapping.too-much',
      pointer: target,
      detail: `This record of channel ${run.channelId} takes too much work: too long texts go through "html", "match", "find" or CEL. Shorten it at the source, or map fewer of them.`,
    })
  }
  return false
}

/** Where fields are compiled: one feed, or the reverse direction. */
export interface FieldScope {
  readonly direction: 'forward' | 'reverse'
  readonly expressions: ExpressionCompiler
  readonly tables: ReadonlyMap<string, CompiledTable>
  /** Reference data, for the built-in tables and to check codes against. */
  readonly reference: ReferenceCodes | undefined
  /** What paths with a leading `$` read, by name. */
  readonly surroundings: { readonly [name: string]: (run: Run) => unknown }
  readonly faults: FaultList
  /** How many `join`s surround the field. */
  readonly depth: number
  /** Words about a path that can never have a value; undefined where it may. */
  checkPath(path: Path, text: string): string | undefined
  /** What the mapping reads. */
  readonly reads: KnownFields
}

/** Makes the target's value; undefined: absent. */
export interface CompiledField {
  read(run: Run): unknown
  /** Paths looked at, for messages. */
  readonly sources: readonly string[]
}

/** A code table, ready to look up. */
export interface CompiledTable {
  readonly name: string
  readonly rows: ReadonlyMap<string, string>
  readonly otherwise: string
  /** Of a built-in table: where its rows stand. Its names are compared without spaces and width. */
  readonly file?: string
}

/** Refines a value; undefined: absent from here on. */
export type Step = (value: unknown, run: Run) => unknown
