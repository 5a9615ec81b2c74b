import type { FaultList } from './definition-error.ts'
import type { ExpressionCompiler } from './expression.ts'
import type { Path } from './path.ts'

/** A value that no code table lists, or (table `fields`) a field that the mapping does not know. */
export interface UnknownValue {
  readonly table: string
  readonly value: string
}

/** Why a record cannot become what its rule says. */
export interface Problem {
  readonly code: string
  readonly pointer: string
  readonly detail: string
}

/** One record, or one notice, on its way through a mapping. */
export interface Run {
  /** What paths read. */
  readonly root: unknown
  /** What paths with a leading `$` read. */
  readonly surroundings: { readonly [name: string]: unknown }
  /** What CEL reads. */
  readonly variables: { readonly [name: string]: unknown }
  readonly channelId: string
  readonly problems: Problem[]
  readonly unknown: UnknownValue[]
}

/** Where fields are compiled: one feed, or the reverse direction. */
export interface FieldScope {
  readonly direction: 'forward' | 'reverse'
  readonly expressions: ExpressionCompiler
  readonly tables: ReadonlyMap<string, CompiledTable>
  readonly surroundings: readonly string[]
  readonly faults: FaultList
  /** Words about a path that can never have a value; undefined where it may. */
  checkPath(path: Path, text: string): string | undefined
  /** Top-level fields that the mapping uses. */
  readonly fieldsRead: Set<string>
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
}

/** Refines a value; undefined: absent from here on. */
export type Step = (value: unknown, run: Run) => unknown
