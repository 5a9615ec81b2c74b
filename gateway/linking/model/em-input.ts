import type { ScoringTable } from './scoring-table.ts'
import type { Pattern } from './tally.ts'

/** What weights are estimated from. */
export interface EmInput {
  readonly candidates: readonly Pattern[]
  readonly random: readonly Pattern[]
  /** Where it starts, and what levels with few pairs are pulled to. */
  readonly base: ScoringTable
  /** Fields that a way of finding pairs decides, by that way. */
  readonly decidedBy?: { readonly [under: string]: readonly string[] }
  /** Fields whose weights are rules and stay; they count as evidence. */
  readonly kept?: readonly string[]
  /** Groups of fields that say partly the same. */
  readonly dependent?: readonly (readonly string[])[]
  /** Levels of a field, strongest first, where a stronger one may never weigh less. */
  readonly ordered?: { readonly [field: string]: readonly string[] }
}

/** Whether a field of pairs found like that says nothing, because it is how they were found. */
export function isDecided({ decidedBy }: EmInput, field: string, under: string): boolean {
  return decidedBy?.[under]?.includes(field) === true
}
